heapchurn_test(test_vote SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_vote.c LINK verdict)
