heapchurn_test(test_runner
               SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_runner.c
                       ${PROJECT_SOURCE_DIR}/tests/support/fake_executor.c
               LINK session)
heapchurn_test(test_measure
               SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_measure.c
                       ${PROJECT_SOURCE_DIR}/tests/support/fake_executor.c
               LINK session made_up_runs)
heapchurn_test(test_rerun
               SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_rerun.c
                       ${PROJECT_SOURCE_DIR}/tests/support/fake_executor.c
               LINK session made_up_runs)
heapchurn_test(test_run_request SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_run_request.c LINK session)
