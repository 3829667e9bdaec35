add_executable(write_run ${CMAKE_CURRENT_LIST_DIR}/write_run.c)
target_link_libraries(write_run PRIVATE heapchurn_flags made_up_runs)
set_target_properties(write_run PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

heapchurn_bats(test_gate_command)

heapchurn_bats(test_examples)
