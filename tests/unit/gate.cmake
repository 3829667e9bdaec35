foreach(name gate gate_leaks gate_baseline ceilings run_compare)
  heapchurn_test(test_${name} SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_${name}.c
                 LINK bare_result gate)
endforeach()
heapchurn_test(test_ci_formats SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_ci_formats.c
               LINK bare_result reports)
heapchurn_test(test_gate_hosts SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_gate_hosts.c
               LINK made_up_runs gate)
