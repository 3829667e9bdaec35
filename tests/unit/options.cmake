heapchurn_test(test_options SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_options.c LINK options)
heapchurn_test(test_documented_commands SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_documented_commands.c
               ${PROJECT_SOURCE_DIR}/tests/support/rendered.c LINK commands)
target_include_directories(test_documented_commands PRIVATE ${PROJECT_SOURCE_DIR}/bench/commands)
heapchurn_test(test_time_left SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_time_left.c LINK commands)
target_include_directories(test_time_left PRIVATE ${PROJECT_SOURCE_DIR}/bench/commands)
