set(rendered ${PROJECT_SOURCE_DIR}/tests/support/rendered.c)
heapchurn_test(test_columns SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_columns.c LINK bare_result reports)
heapchurn_test(test_terminal SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_terminal.c ${rendered}
               LINK made_up_runs reports)
heapchurn_test(test_terminal_rows SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_terminal_rows.c
               LINK bare_result reports)
heapchurn_test(test_formats SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_formats.c ${rendered}
               LINK made_up_runs reports)
heapchurn_test(test_stored_report SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_stored_report.c ${rendered}
               LINK made_up_runs reports)
heapchurn_test(test_roles SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_roles.c
               ${PROJECT_SOURCE_DIR}/tests/support/rendered.c LINK made_up_runs reports)
heapchurn_test(test_replay_rule SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_replay_rule.c ${rendered}
               LINK made_up_runs reports)
