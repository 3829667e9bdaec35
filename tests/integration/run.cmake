# The fake subject plays all three programs of a trial under the names the driver looks for.
add_executable(fake_subject ${PROJECT_SOURCE_DIR}/tests/fake/fake_subject.c)
target_link_libraries(fake_subject PRIVATE heapchurn_flags common)
set_target_properties(fake_subject PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fake)
foreach(alias peer-fake proxy-fake peer-glibc proxy-glibc churner)
  add_custom_command(TARGET fake_subject POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} -E create_symlink fake_subject ${CMAKE_BINARY_DIR}/tests/fake/${alias})
endforeach()

heapchurn_test(test_process SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_process.c
               LINK run LABEL integration)
target_compile_definitions(test_process PRIVATE FAKE_DIR="${CMAKE_BINARY_DIR}/tests/fake")
add_dependencies(test_process fake_subject)

heapchurn_test(test_trial SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_trial.c
               LINK run LABEL integration TIMEOUT 120)
target_compile_definitions(test_trial PRIVATE FAKE_DIR="${CMAKE_BINARY_DIR}/tests/fake")
add_dependencies(test_trial fake_subject)
