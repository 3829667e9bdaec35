heapchurn_test(test_host SOURCES test_host.c LINK store)
heapchurn_test(test_machine
               SOURCES test_machine.c ${PROJECT_SOURCE_DIR}/bench/session/machine_checks.c
               LINK common)
target_include_directories(test_machine PRIVATE ${PROJECT_SOURCE_DIR}/bench/session)
