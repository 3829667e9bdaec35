heapchurn_test(test_store SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_store.c LINK store registry)
heapchurn_test(test_stored_values SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_stored_values.c
               LINK store made_up_runs)
heapchurn_test(test_stored_trials SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_stored_trials.c
               LINK store made_up_runs)
heapchurn_test(test_lock SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_lock.c LINK store)
