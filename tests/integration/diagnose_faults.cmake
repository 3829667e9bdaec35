add_test(NAME test_diagnose_faults
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/test_diagnose_faults.sh ${CMAKE_BINARY_DIR}/bin
                 ${PROJECT_SOURCE_DIR}/tests/data
                 $<IF:$<BOOL:${HEAPCHURN_SANITIZE}>,sanitizer,glibc>)
set_tests_properties(test_diagnose_faults PROPERTIES LABELS integration TIMEOUT 120)
