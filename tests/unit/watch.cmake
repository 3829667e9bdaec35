heapchurn_test(test_mappings SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_mappings.c LINK watch)
