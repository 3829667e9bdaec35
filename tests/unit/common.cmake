heapchurn_test(test_control SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_control.c LINK common)
heapchurn_test(test_units SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_units.c LINK common)
heapchurn_test(test_text SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_text.c LINK common)
heapchurn_test(test_folder SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_folder.c LINK common)
