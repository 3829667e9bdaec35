add_test(NAME test_isolate
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/test_isolate.sh ${CMAKE_BINARY_DIR}/bin
                 $<TARGET_FILE:fake_subject> $<IF:$<BOOL:${HEAPCHURN_SANITIZE}>,sanitizer,glibc>)
set_tests_properties(test_isolate PROPERTIES LABELS integration TIMEOUT 120)
