# The ledger under ThreadSanitizer, which replaces malloc as it does: it is compiled under other
# names, and what it finds by name is the sanitizer's.
include(CheckCSourceRuns)
set(CMAKE_REQUIRED_FLAGS -fsanitize=thread)
check_c_source_runs("int main(void) { return 0; }" HEAPCHURN_HAS_TSAN)
unset(CMAKE_REQUIRED_FLAGS)
if(NOT HEAPCHURN_SANITIZE AND HEAPCHURN_HAS_TSAN)
  set(sources ${PROJECT_SOURCE_DIR}/ledger)
  heapchurn_test(test_ledger_threads SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_ledger_threads.c
                 ${sources}/ledger_count.c ${sources}/ledger_malloc.c ${sources}/ledger_new.c
                 ${sources}/ledger_next.c LINK ledger_interface Threads::Threads ${CMAKE_DL_LIBS})
  heapchurn_test(test_ledger_count SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_ledger_count.c
                 ${sources}/ledger_count.c LINK ledger_interface Threads::Threads)
  foreach(test test_ledger_threads test_ledger_count)
    target_compile_options(${test} PRIVATE -fsanitize=thread -fexceptions)
    target_link_options(${test} PRIVATE -fsanitize=thread)
  endforeach()
  foreach(name malloc calloc realloc reallocarray free posix_memalign aligned_alloc memalign valloc
               pvalloc)
    target_compile_definitions(test_ledger_threads PRIVATE ${name}=ledgered_${name})
  endforeach()
elseif(NOT HEAPCHURN_HAS_TSAN)
  message(STATUS "test_ledger_threads and test_ledger_count: left out, ThreadSanitizer does not run")
endif()
