# heapchurn with one more scenario, which takes one file and no other edit.
add_executable(heapchurn_toy)
heapchurn_scenarios(heapchurn_toy ${PROJECT_SOURCE_DIR}/tests/toy/scenario_toy.c)
target_link_libraries(heapchurn_toy PRIVATE main heapchurn_flags commands)
set_target_properties(heapchurn_toy PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
heapchurn_bats(test_scenario)
set_property(TEST test_scenario APPEND PROPERTY ENVIRONMENT "TOY=$<TARGET_FILE:heapchurn_toy>")
