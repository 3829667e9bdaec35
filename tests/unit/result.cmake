add_library(made_up_runs STATIC ${PROJECT_SOURCE_DIR}/tests/support/made_up_runs.c
            ${PROJECT_SOURCE_DIR}/tests/support/synthetic_hosts.c
            ${PROJECT_SOURCE_DIR}/tests/support/synthetic_replay.c
            ${PROJECT_SOURCE_DIR}/tests/support/synthetic_run.c)
target_include_directories(made_up_runs PUBLIC ${PROJECT_SOURCE_DIR}/tests/support)
target_link_libraries(made_up_runs PRIVATE heapchurn_flags PUBLIC store trace run)

heapchurn_test(test_equal_work SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_equal_work.c LINK result)
heapchurn_test(test_metrics SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_metrics.c LINK result)
heapchurn_test(test_metric_plateau SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_metric_plateau.c LINK result)
heapchurn_test(test_half_back SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_half_back.c LINK result)
heapchurn_test(test_result SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_result.c LINK made_up_runs result)
heapchurn_test(test_summary SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_summary.c LINK made_up_runs result)
add_library(bare_result STATIC ${PROJECT_SOURCE_DIR}/tests/support/bare_result.c)
target_include_directories(bare_result PUBLIC ${PROJECT_SOURCE_DIR}/tests/support)
target_link_libraries(bare_result PRIVATE heapchurn_flags PUBLIC result)
foreach(name conclusion deployment levels malloc_share recommend recommend_findings row_words compare_metrics)
  heapchurn_test(test_${name} SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_${name}.c
                 LINK made_up_runs bare_result)
endforeach()
heapchurn_test(test_host_words SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_host_words.c
               LINK made_up_runs result)
