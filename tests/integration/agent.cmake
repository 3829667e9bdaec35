# The preloaded agent, in programs that make it hard. It replaces nothing, but sanitizers and
# preloads do not go together.
if(TARGET agent)
  foreach(program agent_program agent_own_malloc)
    add_executable(${program} ${CMAKE_CURRENT_LIST_DIR}/${program}.c)
    target_link_libraries(${program} PRIVATE heapchurn_flags)
  endforeach()
  set_target_properties(agent_program agent_own_malloc PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_options(agent_own_malloc PRIVATE LINKER:--export-dynamic)
  foreach(test test_agent test_agent_storm)
    heapchurn_test(${test} SOURCES ${CMAKE_CURRENT_LIST_DIR}/${test}.c
                   ${CMAKE_CURRENT_LIST_DIR}/agent_host.c LINK registry program
                   LABEL integration)
    target_compile_definitions(${test} PRIVATE TEST_BUILD_DIR="${CMAKE_BINARY_DIR}/tests")
    add_dependencies(${test} agent agent_program agent_own_malloc)
  endforeach()

  # What it costs: scripts/bench-self shows the table, too.
  add_executable(cost_of_agent ${CMAKE_CURRENT_LIST_DIR}/cost_of_agent.c)
  target_link_libraries(cost_of_agent PRIVATE heapchurn_flags registry program)
  set_target_properties(cost_of_agent PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_definitions(cost_of_agent PRIVATE
                             TEST_PROGRAM="${CMAKE_BINARY_DIR}/tests/agent_program"
                             TEST_AGENT="$<TARGET_FILE:agent>")
  add_dependencies(cost_of_agent agent agent_program)
  add_test(NAME test_agent_cost COMMAND cost_of_agent)
  set_tests_properties(test_agent_cost PROPERTIES LABELS integration)
endif()
