# For each allocator that is there: its statistics against known answers, the subject's side of the
# control channel, and identity: the right build is accepted, every wrong one refused.
set(identity_dir ${CMAKE_BINARY_DIR}/tests/identity)
set(identity_cases "")
heapchurn_available_allocators(identity_names)

add_library(identity_probe OBJECT ${CMAKE_CURRENT_LIST_DIR}/test_identity_probe.c)
target_link_libraries(identity_probe PRIVATE heapchurn_flags subject)

# identity_program(NAME EXPECTED [PRELOAD library] [REUSE]): a probe; EXPECTED is what its sentence
# must contain. REUSE: the program exists already and is run again with PRELOAD.
function(identity_program name expected)
  cmake_parse_arguments(PARSE_ARGV 2 arg "REUSE" "PRELOAD" "")
  if(NOT arg_REUSE)
    add_executable(identity-${name} $<TARGET_OBJECTS:identity_probe>)
    set_target_properties(identity-${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${identity_dir})
    set(identity_programs ${identity_programs} identity-${name} PARENT_SCOPE)
  endif()
  string(APPEND identity_cases
         "    {\"${identity_dir}/identity-${name}\", \"${arg_PRELOAD}\", \"${expected}\"},\n")
  set(identity_cases "${identity_cases}" PARENT_SCOPE)
endfunction()

# identity_programs_of(NAME OTHER): the right build of NAME and the wrong ones; OTHER is the library
# of another allocator, or empty.
function(identity_programs_of name other)
  get_property(library GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${name}_LIBRARY)
  get_filename_component(folder "${library}" DIRECTORY)

  identity_program(right-${name} "malloc and its family in ")
  heapchurn_link_allocator(identity-right-${name} ${name})
  if(library)
    # Named after libc, as-needed: no symbol is left for it to serve, the linker drops it.
    identity_program(dropped-${name} "built for ${name}, but ")
    target_link_libraries(identity-dropped-${name} PRIVATE -Wl,--as-needed -lc ${library})
    heapchurn_link_row(identity-dropped-${name} ${name})
    # Named after libc, but kept: malloc from libc, operator new from the allocator.
    identity_program(half-${name} "but the functions of ${name} are in ")
    target_link_libraries(identity-half-${name} PRIVATE -Wl,--no-as-needed -lc ${library}
                          -Wl,--as-needed)
    heapchurn_link_row(identity-half-${name} ${name})
    # The program of another row.
    identity_program(row-${name} "but the functions of glibc are in ")
    target_link_libraries(identity-row-${name} PRIVATE "$<LINK_LIBRARY:allocator,${library}>")
    heapchurn_link_row(identity-row-${name} glibc)
    identity_program(right-glibc "but the functions of glibc are in " PRELOAD ${library} REUSE)
  endif()
  if(library AND other)
    identity_program(two-${name} "two allocators: ")
    heapchurn_link_allocator(identity-two-${name} ${name})
    target_link_libraries(identity-two-${name} PRIVATE "$<LINK_LIBRARY:allocator,${other}>")
    identity_program(right-${name} "malloc is in ${other}" PRELOAD ${other} REUSE)
  endif()
  if(EXISTS ${folder}/lib${name}_pic.a)
    # Static and hidden: the program's own calls go to the allocator, libzmq's to libc.
    identity_program(hidden-${name} "malloc is in ")
    target_link_libraries(identity-hidden-${name} PRIVATE
                          "$<LINK_LIBRARY:WHOLE_ARCHIVE,${folder}/lib${name}_pic.a>" stdc++ m)
    target_link_options(identity-hidden-${name} PRIVATE LINKER:--exclude-libs,ALL)
    heapchurn_link_row(identity-hidden-${name} ${name})
  endif()
  set(identity_programs ${identity_programs} PARENT_SCOPE)
  set(identity_cases "${identity_cases}" PARENT_SCOPE)
endfunction()

set(identity_other "")
foreach(identity_name IN LISTS identity_names)
  identity_programs_of(${identity_name} "${identity_other}")
  get_property(identity_library GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_${identity_name}_LIBRARY)
  if(identity_library)
    set(identity_last ${identity_name})
    set(identity_other ${identity_library})
  endif()
  foreach(identity_test statistics subject)
    set(identity_target test_allocators_${identity_test}-${identity_name})
    heapchurn_test(${identity_target} LABEL integration
                   SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_allocators_${identity_test}.c)
    heapchurn_link_allocator(${identity_target} ${identity_name})
    target_link_libraries(${identity_target} PRIVATE subject)
  endforeach()
endforeach()
# A libzmq with a malloc of its own, which no other object can see.
add_library(identity_zmq SHARED ${CMAKE_CURRENT_LIST_DIR}/test_identity_zmq.c)
target_link_libraries(identity_zmq PRIVATE heapchurn_flags)
target_include_directories(identity_zmq PRIVATE ${ZMQ_INCLUDE_DIRS})
list(GET identity_names 0 identity_name)
identity_program(private "libzmq brings its own malloc")
heapchurn_link_allocator(identity-private ${identity_name})
target_link_libraries(identity-private PRIVATE "$<LINK_LIBRARY:allocator,identity_zmq>")

# Stand-ins for those that cannot be had here. One that tells nothing of itself is proved by libc's
# own count; so is that libc serves behind it.
if(NOT HEAPCHURN_SANITIZE) # which serves malloc itself
  set(stand_ins ${CMAKE_BINARY_DIR}/tests/stand-ins)
  # stand_in(FILE [DEFINITION]): a library lib<FILE>.so under the names of that allocator.
  function(stand_in file)
    add_library(stand_in_${file} SHARED ${PROJECT_SOURCE_DIR}/tests/fake/silent_malloc.c)
    target_link_libraries(stand_in_${file} PRIVATE heapchurn_flags)
    target_compile_definitions(stand_in_${file} PRIVATE ${ARGN})
    set_target_properties(stand_in_${file} PROPERTIES OUTPUT_NAME ${file}
                          LIBRARY_OUTPUT_DIRECTORY ${stand_ins})
  endfunction()
  stand_in(rpmalloc)
  stand_in(through THROUGH_LIBC)
  stand_in(snmallocshim AS_SNMALLOC)
  stand_in(tcmalloc AS_GOOGLE_TCMALLOC)
  # stand_in_program(NAME EXPECTED ROW FILE): a probe of ROW on that stand-in.
  function(stand_in_program name expected row file)
    identity_program(${name} "${expected}")
    target_link_libraries(identity-${name} PRIVATE "$<LINK_LIBRARY:allocator,stand_in_${file}>")
    heapchurn_link_row(identity-${name} ${row})
    set(identity_programs ${identity_programs} PARENT_SCOPE)
    set(identity_cases "${identity_cases}" PARENT_SCOPE)
  endfunction()
  set(identity_right "malloc and its family in ${stand_ins}/lib")
  stand_in_program(right-on-rpmalloc "${identity_right}rpmalloc.so" rpmalloc rpmalloc)
  stand_in_program(through-libc "moved the live bytes of libc by " rpmalloc through)
  stand_in_program(right-on-snmalloc "${identity_right}snmallocshim.so" snmalloc snmallocshim)
  stand_in_program(right-on-google "${identity_right}tcmalloc.so" google_tcmalloc tcmalloc)
  # Both are called libtcmalloc.so.
  stand_in_program(google-as-gperftools "built for tcmalloc, but gperftools" tcmalloc tcmalloc)
  if(TARGET identity-right-tcmalloc)
    get_property(identity_library GLOBAL PROPERTY HEAPCHURN_ALLOCATOR_tcmalloc_LIBRARY)
    identity_program(gperftools-as-google "built for google_tcmalloc, but Google's tcmalloc is not")
    target_link_libraries(identity-gperftools-as-google PRIVATE
                          "$<LINK_LIBRARY:allocator,${identity_library}>")
    heapchurn_link_row(identity-gperftools-as-google google_tcmalloc)
  endif()
endif()

foreach(identity_program IN LISTS identity_programs)
  target_link_libraries(${identity_program} PRIVATE heapchurn_flags subject)
endforeach()

file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/identity_cases.inc
     CONTENT "${identity_cases}" @ONLY)
heapchurn_test(test_identity LABEL integration LINK registry
               SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_identity.c)
target_include_directories(test_identity PRIVATE ${CMAKE_CURRENT_BINARY_DIR}
                           ${PROJECT_SOURCE_DIR}/agent)
target_compile_definitions(test_identity PRIVATE IDENTITY_DIR="${identity_dir}")
add_dependencies(test_identity ${identity_programs})
if(TARGET calibrate-mimalloc)
  add_dependencies(test_identity calibrate-mimalloc)
endif()

# What no package brings is found below its prefix, whatever else the system has by that name, linked,
# and loaded at run time.
if(TARGET stand_in_tcmalloc)
  set(prefix ${CMAKE_CURRENT_BINARY_DIR}/prefix)
  add_test(NAME test_allocator_prefix
           COMMAND ${CMAKE_CTEST_COMMAND} --build-and-test ${PROJECT_SOURCE_DIR} ${prefix}/build
                   --build-generator ${CMAKE_GENERATOR} --build-makeprogram ${CMAKE_MAKE_PROGRAM}
                   --build-target identity-right-google_tcmalloc
                   --build-options -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER}
                                   -DHEAPCHURN_ALLOCATOR_PREFIX_GOOGLE_TCMALLOC=${stand_ins}
                                   -DHEAPCHURN_ALLOCATOR_PREFIX_SNMALLOC=${stand_ins}
                   --test-command ${prefix}/build/tests/identity/identity-right-google_tcmalloc)
  set_tests_properties(test_allocator_prefix PROPERTIES LABELS integration
                       PASS_REGULAR_EXPRESSION
                       "allocator snmalloc: ${stand_ins}/libsnm.*malloc and its family in ${stand_ins}/libtc")
endif()

# A copy of the last allocator that has a library is a version of it.
if(identity_other)
  heapchurn_bats(test_versions)
  set_property(TEST test_versions APPEND PROPERTY ENVIRONMENT ALLOCATOR=${identity_last}
               LIBRARY=${identity_other} CRASHES=${CMAKE_BINARY_DIR}/tests/look
               STAND_INS=${stand_ins})
endif()
heapchurn_bats(test_bring_allocator)
heapchurn_bats(test_bring_program)
