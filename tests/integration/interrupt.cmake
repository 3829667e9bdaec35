add_test(NAME test_interrupt
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/test_interrupt.sh ${CMAKE_BINARY_DIR}/bin
                 $<IF:$<BOOL:${HEAPCHURN_SANITIZE}>,sanitizer,glibc>)
set_tests_properties(test_interrupt PROPERTIES LABELS integration TIMEOUT 120)
