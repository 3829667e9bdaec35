heapchurn_test(test_trace_words SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_trace_words.c LINK replay)
heapchurn_test(test_trace_pack SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_trace_pack.c LINK replay)
heapchurn_test(test_trace_facts SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_trace_facts.c LINK trace)
