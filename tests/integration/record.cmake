# The recorder, in programs that make it hard.
if(TARGET recorder)
  add_executable(trace_sums ${CMAKE_CURRENT_LIST_DIR}/trace_sums.c)
  target_link_libraries(trace_sums PRIVATE heapchurn_flags replay)
  add_executable(recorded_program ${CMAKE_CURRENT_LIST_DIR}/recorded_program.c
                 ${CMAKE_CURRENT_LIST_DIR}/recorded_forks.c
                 ${CMAKE_CURRENT_LIST_DIR}/recorded_promises.c
                 ${CMAKE_CURRENT_LIST_DIR}/recorded_queues.c
                 ${CMAKE_CURRENT_LIST_DIR}/recorded_touches.c)
  target_include_directories(recorded_program PRIVATE ${PROJECT_SOURCE_DIR}/tests/support
                             ${PROJECT_SOURCE_DIR}/replay)
  target_link_libraries(recorded_program PRIVATE heapchurn_flags Threads::Threads ${CMAKE_DL_LIBS})
  add_library(recorded_library MODULE ${CMAKE_CURRENT_LIST_DIR}/recorded_library.c)
  target_link_libraries(recorded_library PRIVATE heapchurn_flags)
  set_target_properties(recorded_library PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_executable(replay_often ${CMAKE_CURRENT_LIST_DIR}/replay_often.c
                 ${PROJECT_SOURCE_DIR}/tests/support/played_trace.c
                 ${PROJECT_SOURCE_DIR}/tests/support/compiled_made.c)
  target_include_directories(replay_often PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
  target_link_libraries(replay_often PRIVATE heapchurn_flags PkgConfig::CMOCKA replay ensemble)
  add_library(leaves_late SHARED ${CMAKE_CURRENT_LIST_DIR}/leaves_late.c)
  target_link_libraries(leaves_late PRIVATE heapchurn_flags)
  add_executable(leaves_late_program ${CMAKE_CURRENT_LIST_DIR}/leaves_late_program.c)
  target_link_libraries(leaves_late_program PRIVATE heapchurn_flags leaves_late)
  set_target_properties(trace_sums recorded_program replay_often leaves_late leaves_late_program PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests
                        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  heapchurn_bats(test_record)
  set_property(TEST test_record APPEND PROPERTY ENVIRONMENT
               "TRACE_SUMS=$<TARGET_FILE:trace_sums>;PROGRAM=$<TARGET_FILE:recorded_program>;LEAVES_LATE=$<TARGET_FILE:leaves_late_program>"
               "LIBRARY=$<TARGET_FILE:recorded_library>")
  heapchurn_bats(test_record_output)
  heapchurn_bats(test_record_terminal)
  set_property(TEST test_record_output APPEND PROPERTY ENVIRONMENT "PROGRAM=$<TARGET_FILE:recorded_program>")
  heapchurn_bats(test_replay_often)
  set_property(TEST test_replay_often APPEND PROPERTY ENVIRONMENT
               "REPLAY_OFTEN=$<TARGET_FILE:replay_often>;PROGRAM=$<TARGET_FILE:recorded_program>")
endif()
