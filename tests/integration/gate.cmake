add_executable(write_run ${CMAKE_CURRENT_LIST_DIR}/write_run.c)
target_link_libraries(write_run PRIVATE heapchurn_flags made_up_runs)
set_target_properties(write_run PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

add_test(NAME test_gate_command
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/test_gate_command.sh ${CMAKE_BINARY_DIR}/bin
                 $<TARGET_FILE:write_run> ${PROJECT_SOURCE_DIR}/tests/data)
set_tests_properties(test_gate_command PROPERTIES LABELS integration TIMEOUT 180)

heapchurn_bats(test_examples)
