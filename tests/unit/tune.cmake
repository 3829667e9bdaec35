heapchurn_test(test_tune_setting SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_tune_setting.c LINK tune registry)
heapchurn_test(test_tune_replays SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_tune_replays.c LINK tune)
add_test(NAME test_tune_many_replays COMMAND test_tune_replays 2000)
set_tests_properties(test_tune_many_replays PROPERTIES LABELS integration)
heapchurn_test(test_tune_rung SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_tune_rung.c LINK tune)
heapchurn_test(test_tune_choice SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_tune_choice.c LINK tune)
heapchurn_test(test_knob_proof SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_knob_proof.c LINK session)
heapchurn_test(test_tuning
               SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_tuning.c
                       ${PROJECT_SOURCE_DIR}/tests/support/fake_executor.c
               LINK session reports made_up_runs)
heapchurn_test(test_price_list SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_price_list.c
               ${PROJECT_SOURCE_DIR}/tests/support/rendered.c LINK made_up_runs reports)
