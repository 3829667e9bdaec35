# Proxy, peer and churner as real processes, with every allocator that is there.
heapchurn_available_allocators(churn_allocators)
list(JOIN churn_allocators "\",\"" churn_names)
add_library(scene STATIC ${CMAKE_CURRENT_LIST_DIR}/child.c ${CMAKE_CURRENT_LIST_DIR}/scene.c)
target_link_libraries(scene PRIVATE heapchurn_flags PkgConfig::CMOCKA PUBLIC discovery)
target_compile_definitions(scene PRIVATE TEST_BIN_DIR="${CMAKE_BINARY_DIR}/bin"
                           "TEST_ALLOCATORS=\"${churn_names}\"")
foreach(name churn churn_faults)
  heapchurn_test(test_${name} SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_${name}.c LINK scene
                 LABEL integration)
  add_dependencies(test_${name} churner)
  foreach(allocator IN LISTS churn_allocators)
    add_dependencies(test_${name} peer-${allocator} proxy-${allocator})
  endforeach()
endforeach()
