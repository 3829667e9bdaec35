# The ledger before a real program, the instruments over known answers, and passes as a user runs
# them. An instrumented build has no ledger.
if(NOT HEAPCHURN_SANITIZE)
  add_executable(ledger_program ${CMAKE_CURRENT_LIST_DIR}/ledger_program.c)
  set_target_properties(ledger_program PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(ledger_program PRIVATE heapchurn_flags ledger_interface Threads::Threads
                        PkgConfig::ZMQ ${CMAKE_DL_LIBS})
  add_dependencies(ledger_program ledger)
  add_test(NAME test_ledger COMMAND ledger_program)
  set_tests_properties(test_ledger PROPERTIES LABELS integration ENVIRONMENT
                       "LD_PRELOAD=$<TARGET_FILE:ledger>")

  # The same before an allocator that loads a library while it serves.
  add_library(loading_allocator SHARED ${CMAKE_CURRENT_LIST_DIR}/loading_allocator.c)
  set_target_properties(loading_allocator PROPERTIES
                        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(loading_allocator PRIVATE heapchurn_flags ${CMAKE_DL_LIBS})
  add_dependencies(ledger_program loading_allocator)
  add_test(NAME test_ledger_loading COMMAND ledger_program)
  set_tests_properties(test_ledger_loading PROPERTIES LABELS integration ENVIRONMENT
                       "LD_PRELOAD=$<TARGET_FILE:ledger>:$<TARGET_FILE:loading_allocator>")

  add_library(early_library SHARED ${CMAKE_CURRENT_LIST_DIR}/early_library.c)
  add_executable(early_program ${CMAKE_CURRENT_LIST_DIR}/early_program.c)
  set_target_properties(early_program early_library PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests
                        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(early_library PRIVATE heapchurn_flags)
  target_link_libraries(early_program PRIVATE heapchurn_flags ledger_interface early_library
                        ${CMAKE_DL_LIBS})
  heapchurn_test(test_ledger_early SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_ledger_early.c
                 LINK registry LABEL integration)
  target_compile_definitions(test_ledger_early PRIVATE
                             TEST_PROGRAM="${CMAKE_BINARY_DIR}/tests/early_program")
  add_dependencies(test_ledger_early ledger early_program)

  add_test(NAME test_calibrate COMMAND heapchurn calibrate)
  set_tests_properties(test_calibrate PROPERTIES LABELS integration)
  heapchurn_bats(test_run_passes)
endif()

heapchurn_test(test_calibrate_faults LABEL integration LINK passes
               SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_calibrate_faults.c)
heapchurn_available_allocators(calibrate_names)
list(GET calibrate_names 0 calibrate_name)
target_compile_definitions(test_calibrate_faults PRIVATE TEST_ALLOCATOR="${calibrate_name}")
add_dependencies(test_calibrate_faults calibrate-${calibrate_name})
