# Programs of every kind to look at; they are never run.
set(look_dir ${CMAKE_BINARY_DIR}/tests/look)
set(look_source ${CMAKE_BINARY_DIR}/tests/look_plain.c)
file(CONFIGURE OUTPUT ${look_source} CONTENT "int main(void) { return 0; }\n")
function(look_program name)
  add_executable(${name} ${look_source})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${look_dir})
  target_link_options(${name} PRIVATE ${ARGN})
endfunction()
look_program(look_plain)
look_program(look_static -static)
look_program(look_musl LINKER:--dynamic-linker=/lib/ld-musl-x.so.1)
add_library(look_fake SHARED ${look_source})
set_target_properties(look_fake PROPERTIES OUTPUT_NAME jemalloc
                      LIBRARY_OUTPUT_DIRECTORY ${look_dir})
look_program(look_linked LINKER:--no-as-needed)
target_link_libraries(look_linked PRIVATE look_fake)
add_library(look_fake_libstdcxx SHARED ${look_source})
set_target_properties(look_fake_libstdcxx PROPERTIES OUTPUT_NAME stdc++ SOVERSION 6
                      LIBRARY_OUTPUT_DIRECTORY ${look_dir})
look_program(look_linked_cxx LINKER:--no-as-needed)
target_link_libraries(look_linked_cxx PRIVATE look_fake look_fake_libstdcxx)
file(CONFIGURE OUTPUT ${look_source}.own.c
     CONTENT "#include <stddef.h>\nvoid *malloc(size_t n);\nvoid *malloc(size_t n) { return n ? NULL : NULL; }\nint main(void) { return 0; }\n")
add_executable(look_own ${look_source}.own.c)
set_target_properties(look_own PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${look_dir})
target_link_options(look_own PRIVATE LINKER:--export-dynamic)
file(CONFIGURE OUTPUT ${look_source}.go.c
     CONTENT "__attribute__((section(\".go.buildinfo\"))) int go = 1;\nint main(void) { return 0; }\n")
add_executable(look_go ${look_source}.go.c)
set_target_properties(look_go PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${look_dir})
file(CONFIGURE OUTPUT ${look_source}.names.c
     CONTENT "void *mallocx(unsigned long n, int flags);\nint main(void) { return mallocx(1, 0) != 0; }\n")
file(CONFIGURE OUTPUT ${look_source}.named.c
     CONTENT "void *mallocx(unsigned long n, int flags);\nvoid *mallocx(unsigned long n, int flags) { return n && flags ? (void *)0 : (void *)0; }\n")
add_library(look_named SHARED ${look_source}.named.c)
add_executable(look_own_names ${look_source}.names.c)
target_link_libraries(look_own_names PRIVATE look_named)
set_target_properties(look_named look_own_names PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${look_dir}
                      RUNTIME_OUTPUT_DIRECTORY ${look_dir})

heapchurn_test(test_program_look SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_program_look.c LINK program)
target_compile_definitions(test_program_look PRIVATE LOOK_DIR="${look_dir}" LOOK_LINKED="jemalloc")
add_dependencies(test_program_look look_plain look_static look_musl look_linked look_linked_cxx
                 look_own look_go
                 look_own_names)

# Libraries of every kind to look at. The last one asks for a glibc that there is not yet: what it
# is linked against says so, and no libc.
set(look_malloc ${CMAKE_BINARY_DIR}/tests/look_malloc.c)
file(CONFIGURE OUTPUT ${look_malloc}
     CONTENT "#include <stddef.h>\nvoid *malloc(size_t n);\nvoid *malloc(size_t n) { return n ? NULL : NULL; }\n")
add_library(look_serves SHARED ${look_malloc})
set_target_properties(look_serves PROPERTIES OUTPUT_NAME serves SOVERSION 7
                      LIBRARY_OUTPUT_DIRECTORY ${look_dir})
file(CONFIGURE OUTPUT ${look_malloc}.libc.c CONTENT "void future(void);\nvoid future(void) {}\n")
file(CONFIGURE OUTPUT ${look_malloc}.map CONTENT "GLIBC_9.9 { future; };\n")
add_library(look_libc SHARED ${look_malloc}.libc.c)
target_link_options(look_libc PRIVATE LINKER:--version-script=${look_malloc}.map)
file(CONFIGURE OUTPUT ${look_malloc}.future.c
     CONTENT "#include <stddef.h>\nvoid future(void);\nvoid *malloc(size_t n);\nvoid *malloc(size_t n) { future(); return n ? NULL : NULL; }\n")
add_library(look_future SHARED ${look_malloc}.future.c)
target_link_libraries(look_future PRIVATE look_libc)
set_target_properties(look_future PROPERTIES OUTPUT_NAME future
                      LIBRARY_OUTPUT_DIRECTORY ${look_dir})

heapchurn_test(test_library_look SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_library_look.c LINK program)
target_compile_definitions(test_library_look PRIVATE LOOK_DIR="${look_dir}"
                                                     LOOK_SOURCE="${look_malloc}")
add_dependencies(test_library_look look_plain look_fake look_serves look_future)
file(CONFIGURE OUTPUT ${look_malloc}.crash.c
     CONTENT "#include <stdlib.h>\nvoid *malloc(size_t n) { (void)n; abort(); }\n__attribute__((constructor)) static void begin(void) { abort(); }\n")
add_library(look_crash SHARED ${look_malloc}.crash.c)
set_target_properties(look_crash PROPERTIES OUTPUT_NAME crash LIBRARY_OUTPUT_DIRECTORY ${look_dir})
# What a seccomp filter would say to the agent.
heapchurn_test(test_filter_play SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_filter_play.c
               ${PROJECT_SOURCE_DIR}/agent/filter_play.c LINK common)
target_include_directories(test_filter_play PRIVATE ${PROJECT_SOURCE_DIR}/agent)
