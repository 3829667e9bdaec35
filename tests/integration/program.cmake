# A user's own program; preloads and sanitizers do not go together.
if(TARGET agent)
  add_executable(user_program ${CMAKE_CURRENT_LIST_DIR}/user_program.c)
  target_link_libraries(user_program PRIVATE heapchurn_flags)
  set_target_properties(user_program PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  heapchurn_bats(test_program_answers)
  set_property(TEST test_program_answers APPEND PROPERTY ENVIRONMENT
               USER_PROGRAM=${CMAKE_BINARY_DIR}/tests/user_program)
  heapchurn_bats(test_run_program)
  heapchurn_bats(test_run_program_keys)
  heapchurn_bats(test_run_program_faults)
  heapchurn_bats(test_example_programs)
  heapchurn_bats(test_preloaded_or_linked)
  heapchurn_bats(test_tune_own)
  set_property(TEST test_tune_own APPEND PROPERTY ENVIRONMENT
               "WRITE_TRACE=$<TARGET_FILE:write_trace>")
  set_property(TEST test_tune_own test_run_program test_run_program_keys test_run_program_faults APPEND PROPERTY ENVIRONMENT
               USER_PROGRAM=${CMAKE_BINARY_DIR}/tests/user_program
               LOOK=${CMAKE_BINARY_DIR}/tests/look)
endif()
