heapchurn_test(test_html SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_html.c
               ${PROJECT_SOURCE_DIR}/tests/support/rendered.c LINK made_up_runs reports)
heapchurn_test(test_flame SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_flame.c LINK reports)
heapchurn_test(test_plot SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_plot.c LINK made_up_runs reports)
heapchurn_test(test_live_parts SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_live_parts.c LINK live)

# The pages that tests/browser opens; `make test-browser` runs it.
add_executable(browser_pages ${PROJECT_SOURCE_DIR}/tests/browser/pages.c)
target_link_libraries(browser_pages PRIVATE heapchurn_flags made_up_runs reports)
set_target_properties(browser_pages PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
