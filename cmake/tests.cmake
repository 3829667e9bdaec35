# heapchurn_test(NAME SOURCES file... [LINK target...] [LABEL unit|integration|golden])
#
# One cmocka program, one ctest. A test never sleeps to wait; the presets have a limit for the day it
# hangs, which says nothing of how fast a machine must be.
function(heapchurn_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "SOURCES;LINK;ARGS")
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
  target_compile_definitions(${name} PRIVATE TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/tests/data"
                             TEST_BIN_DIR="${CMAKE_BINARY_DIR}/bin"
                             TEST_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE heapchurn_flags PkgConfig::CMOCKA ${arg_LINK} m)
  set_target_properties(${name} PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name} ${arg_ARGS})
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} SKIP_RETURN_CODE 77)
endfunction()

# heapchurn_bats(NAME [ONLY CONFIGURATION]): NAME.bats, one ctest, which runs only under
# `ctest -C CONFIGURATION` where there is one; tests/integration/helper.bash says what it is given.
# Signals are as in a shell, whatever who started ctest ignores: bash cannot undo that.
function(heapchurn_bats name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "ONLY" "")
  if(arg_ONLY)
    set(arg_ONLY CONFIGURATIONS ${arg_ONLY})
  endif()
  add_test(NAME ${name} COMMAND env --default-signal ${BATS}
           ${CMAKE_CURRENT_LIST_DIR}/${name}.bats ${arg_ONLY})
  set_tests_properties(${name} PROPERTIES LABELS integration ENVIRONMENT
    "BIN=${CMAKE_BINARY_DIR}/bin;DATA=${PROJECT_SOURCE_DIR}/tests/data;SOURCE=${PROJECT_SOURCE_DIR}\
;FAKE_SUBJECT=$<TARGET_FILE:fake_subject>;WRITE_RUN=$<TARGET_FILE:write_run>\
;ROW=$<IF:$<BOOL:${HEAPCHURN_SANITIZE}>,sanitizer,glibc>")
endfunction()
