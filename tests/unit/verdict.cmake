heapchurn_test(test_curves SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_curves.c LINK verdict)
heapchurn_test(test_verdict SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_verdict.c LINK verdict)
heapchurn_test(test_vote SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_vote.c LINK verdict)
heapchurn_test(test_curve_csv SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_curve_csv.c LINK verdict)
heapchurn_test(test_command_judge
               SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_command_judge.c
                       ${PROJECT_SOURCE_DIR}/bench/commands/command_judge.c
               LINK options store registry verdict reports)
target_include_directories(test_command_judge PRIVATE ${PROJECT_SOURCE_DIR}/bench/commands)
