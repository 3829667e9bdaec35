heapchurn_test(test_attribution SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_attribution.c LINK attribution)
heapchurn_test(test_filling_cache SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_filling_cache.c LINK attribution)
heapchurn_test(test_attribution_curves
               SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_attribution_curves.c LINK curves)
heapchurn_test(test_curve_file SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_curve_file.c LINK curves)
heapchurn_test(test_curve_files_odd
               SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_curve_files_odd.c LINK curves)
heapchurn_test(test_command_judge
               SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_command_judge.c
                       ${PROJECT_SOURCE_DIR}/bench/commands/command_judge.c
                       ${PROJECT_SOURCE_DIR}/bench/commands/findings_text.c
               LINK options curves store registry verdict reports)
target_include_directories(test_command_judge PRIVATE ${PROJECT_SOURCE_DIR}/bench/commands)
heapchurn_test(test_trend_curves SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_trend_curves.c LINK curves)
