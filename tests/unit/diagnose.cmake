heapchurn_test(test_diagnose_readers SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_diagnose_readers.c
               LINK diagnose)
heapchurn_test(test_diagnose_processes SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_diagnose_processes.c
               LINK diagnose)
heapchurn_test(test_sites SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_sites.c LINK diagnose)
heapchurn_test(test_places SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_places.c LINK diagnose)
heapchurn_test(test_diagnosis_text SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_diagnosis_text.c LINK diagnose)
heapchurn_test(test_fate SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_fate.c LINK diagnose)
