heapchurn_test(test_watch_target SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_watch_target.c
               LINK watch LABEL integration)
heapchurn_test(test_watch_reuse SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_watch_reuse.c
               LINK watch LABEL integration)
target_link_options(test_watch_reuse PRIVATE LINKER:--wrap=procfs_open)
add_dependencies(test_watch_reuse heapchurn)
heapchurn_bats(test_watch TIMEOUT 60)
add_executable(watched_program ${CMAKE_CURRENT_LIST_DIR}/watched_program.c)
# Without our flags: a sanitizer's memory would be the process's.
target_compile_definitions(watched_program PRIVATE _GNU_SOURCE)
target_compile_options(watched_program PRIVATE -Wall -Wextra)
target_link_libraries(watched_program PRIVATE Threads::Threads)
set_target_properties(watched_program PROPERTIES
                      RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
heapchurn_bats(test_watch_answer)
set_property(TEST test_watch_answer APPEND PROPERTY ENVIRONMENT
             WATCHED=${CMAKE_BINARY_DIR}/tests/watched_program)
