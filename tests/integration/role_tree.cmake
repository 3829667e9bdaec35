# A sanitizer keeps memory of its own in every process, which nobody can foretell.
if(NOT HEAPCHURN_SANITIZE)
  heapchurn_test(test_role_tree SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_role_tree.c
                 LINK run LABEL integration)
endif()
