# bench/tools
heapchurn_test(test_tool_rows SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_tool_rows.c LINK tools)
heapchurn_test(test_tool_figures SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_tool_figures.c LINK tools)
target_include_directories(test_tool_figures PRIVATE ${PROJECT_SOURCE_DIR}/allocators/tcmalloc)
