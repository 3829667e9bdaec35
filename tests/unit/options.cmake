heapchurn_test(test_options SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_options.c LINK options)
