foreach(name order rank_limits interval compare over_hosts bootstrap)
  heapchurn_test(test_${name} SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_${name}.c LINK stats)
endforeach()
if(TARGET PkgConfig::GSL)
  heapchurn_test(test_oracle SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_oracle.c
                 LINK stats PkgConfig::GSL)
endif()
