heapchurn_test(test_procfs SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_procfs.c LINK run)
heapchurn_test(test_noise SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_noise.c LINK run)
heapchurn_test(test_work SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_work.c LINK run)
heapchurn_test(test_pins SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_pins.c LINK run)
