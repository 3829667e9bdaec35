# What tools print, and what becomes of it: pure functions.
heapchurn_test(test_passes SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_passes.c LINK passes)
heapchurn_test(test_pass_store SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_pass_store.c
               LINK store made_up_runs)
heapchurn_test(test_holding SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_holding.c LINK made_up_runs result)
heapchurn_test(test_row_file SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_row_file.c LINK spec)
