# Tools that are not installed are left out, and said.
if(NOT HEAPCHURN_SANITIZE)
  heapchurn_bats(test_diagnose)

  # Programs with a loss that is known, to be diagnosed as what they are: commands.
  add_executable(losing_program ${CMAKE_CURRENT_LIST_DIR}/losing_program.c)
  add_executable(losing_program_static ${CMAKE_CURRENT_LIST_DIR}/losing_program.c)
  target_link_options(losing_program_static PRIVATE -static)
  add_executable(losing_program_own ${CMAKE_CURRENT_LIST_DIR}/losing_program.c)
  target_compile_definitions(losing_program_own PRIVATE OWN_MALLOC)
  foreach(program losing_program losing_program_static losing_program_own)
    set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_compile_options(${program} PRIVATE -O1 -g -fno-builtin -Wall -Wextra -Werror)
  endforeach()
  heapchurn_bats(test_diagnose_command)
  set_property(TEST test_diagnose_command APPEND PROPERTY ENVIRONMENT
               LOSING=${CMAKE_BINARY_DIR}/tests/losing_program)
endif()
