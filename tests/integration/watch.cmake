heapchurn_test(test_watch_target SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_watch_target.c
               LINK watch LABEL integration)
add_test(NAME test_watch COMMAND ${CMAKE_CURRENT_LIST_DIR}/test_watch.sh ${CMAKE_BINARY_DIR}/bin)
set_tests_properties(test_watch PROPERTIES LABELS integration TIMEOUT 60)
