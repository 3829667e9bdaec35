heapchurn_test(test_allocators_registry SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_allocators_registry.c
               LINK registry)
