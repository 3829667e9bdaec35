heapchurn_test(test_mappings SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_mappings.c LINK watch)
heapchurn_test(test_mapping_shapes SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_mapping_shapes.c LINK watch)
