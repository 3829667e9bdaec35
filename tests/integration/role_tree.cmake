heapchurn_test(test_role_tree SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_role_tree.c
               LINK run LABEL integration)
