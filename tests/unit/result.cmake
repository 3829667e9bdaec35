add_library(scenarios STATIC ${PROJECT_SOURCE_DIR}/tests/support/scenarios.c
            ${PROJECT_SOURCE_DIR}/tests/support/synthetic_run.c)
target_include_directories(scenarios PUBLIC ${PROJECT_SOURCE_DIR}/tests/support)
target_link_libraries(scenarios PRIVATE heapchurn_flags PUBLIC store)

heapchurn_test(test_metrics SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_metrics.c LINK result)
heapchurn_test(test_result SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_result.c LINK scenarios result)
heapchurn_test(test_summary SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_summary.c LINK scenarios result)
