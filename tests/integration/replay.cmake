# Traces with known answers, and what is played of them.
add_executable(write_trace ${CMAKE_CURRENT_LIST_DIR}/write_trace.c
               ${PROJECT_SOURCE_DIR}/tests/support/bad_traces.c
               ${PROJECT_SOURCE_DIR}/tests/support/made_up_traces.c)
target_include_directories(write_trace PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
target_link_libraries(write_trace PRIVATE heapchurn_flags replay)
set_target_properties(write_trace PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
heapchurn_bats(test_replay_command)
set_property(TEST test_replay_command APPEND PROPERTY ENVIRONMENT "WRITE_TRACE=$<TARGET_FILE:write_trace>")
if(TARGET recorder)
  heapchurn_bats(test_bench_replay)
endif()
heapchurn_bats(test_trace_command)
set_property(TEST test_trace_command APPEND PROPERTY ENVIRONMENT "WRITE_TRACE=$<TARGET_FILE:write_trace>")
heapchurn_bats(test_bad_traces)
set_property(TEST test_bad_traces APPEND PROPERTY ENVIRONMENT "WRITE_TRACE=$<TARGET_FILE:write_trace>")
