# Proxy, peer and churner as real processes, with every allocator that is there.
heapchurn_test(test_churn
               SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_churn.c ${CMAKE_CURRENT_LIST_DIR}/child.c
               LINK discovery LABEL integration TIMEOUT 300)
heapchurn_available_allocators(test_churn_allocators)
foreach(name IN LISTS test_churn_allocators)
  add_dependencies(test_churn peer-${name} proxy-${name})
endforeach()
list(JOIN test_churn_allocators "\",\"" test_churn_allocators)
target_compile_definitions(test_churn PRIVATE "TEST_ALLOCATORS=\"${test_churn_allocators}\"")
add_dependencies(test_churn churner)
