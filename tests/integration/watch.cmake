heapchurn_test(test_watch_target SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_watch_target.c
               LINK watch LABEL integration)
heapchurn_test(test_watch_reuse SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_watch_reuse.c
               LINK watch LABEL integration)
target_link_options(test_watch_reuse PRIVATE LINKER:--wrap=procfs_open)
add_dependencies(test_watch_reuse heapchurn)
heapchurn_bats(test_watch)
add_executable(watched_program ${CMAKE_CURRENT_LIST_DIR}/watched_program.c)
# Without our flags: a sanitizer's memory would be the process's.
target_compile_definitions(watched_program PRIVATE _GNU_SOURCE)
target_compile_options(watched_program PRIVATE -Wall -Wextra)
target_link_libraries(watched_program PRIVATE Threads::Threads)
set_target_properties(watched_program PROPERTIES
                      RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
heapchurn_bats(test_watch_answer)
if(TARGET agent)
  foreach(program attached_program attached_static)
    add_executable(${program} ${CMAKE_CURRENT_LIST_DIR}/attached_program.c)
    target_link_libraries(${program} PRIVATE heapchurn_flags Threads::Threads)
    set_target_properties(${program} PROPERTIES
                          RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  endforeach()
  target_link_options(attached_static PRIVATE -static)
  heapchurn_bats(test_watch_attach)
  set_property(TEST test_watch_attach APPEND PROPERTY ENVIRONMENT
               ATTACHED=${CMAKE_BINARY_DIR}/tests/attached_program
               ATTACHED_STATIC=${CMAKE_BINARY_DIR}/tests/attached_static
               OWN_MALLOC=${CMAKE_BINARY_DIR}/tests/agent_own_malloc)
endif()
set_property(TEST test_watch_answer APPEND PROPERTY ENVIRONMENT
             WATCHED=${CMAKE_BINARY_DIR}/tests/watched_program)
