heapchurn_test(test_discovery SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_discovery.c LINK discovery)
heapchurn_test(test_session SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_session.c LINK discovery)
heapchurn_test(test_latency SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_latency.c LINK discovery)
heapchurn_test(test_workers SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_workers.c LINK discovery)
