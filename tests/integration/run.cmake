# The fake subject plays all three programs of a trial under the names the driver looks for.
add_executable(fake_subject ${PROJECT_SOURCE_DIR}/tests/fake/fake_subject.c)
target_link_libraries(fake_subject PRIVATE heapchurn_flags common)
set_target_properties(fake_subject PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fake)

heapchurn_test(test_process SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_process.c
               LINK process LABEL integration)
heapchurn_test(test_trial SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_trial.c
               LINK scenarios LABEL integration)
target_compile_definitions(test_trial PRIVATE FAKE_SUBJECT="$<TARGET_FILE:fake_subject>")
add_dependencies(test_trial fake_subject)

heapchurn_bats(test_run_command)
heapchurn_bats(test_run_noise)
heapchurn_bats(test_threads)
heapchurn_bats(test_tune)

# Each row of faults.txt is a case: what is broken, and what becomes of it.
add_library(clock_back MODULE ${PROJECT_SOURCE_DIR}/tests/fake/clock_back.c)
target_link_libraries(clock_back PRIVATE heapchurn_flags)
add_test(NAME test_fault_matrix
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/test_fault_matrix.sh ${CMAKE_BINARY_DIR}/bin
                 $<TARGET_FILE:fake_subject> $<IF:$<BOOL:${HEAPCHURN_SANITIZE}>,sanitizer,glibc>
                 $<TARGET_FILE:clock_back>)
set_tests_properties(test_fault_matrix PROPERTIES LABELS integration PROCESSORS 2)
