# Tools that are not installed are left out, and said.
if(NOT HEAPCHURN_SANITIZE)
  add_test(NAME test_diagnose
           COMMAND ${CMAKE_CURRENT_LIST_DIR}/test_diagnose.sh ${CMAKE_BINARY_DIR}/bin)
  set_tests_properties(test_diagnose PROPERTIES LABELS integration TIMEOUT 600)
endif()
