# Parts of the recorder, without what replaces malloc.
set(sources ${PROJECT_SOURCE_DIR}/recorder)
heapchurn_test(test_recorder_names SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_recorder_names.c
               ${sources}/recorder_names.c ${sources}/recorder_file.c LINK recorder_interface)
heapchurn_test(test_recorder_file SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_recorder_file.c
               ${sources}/recorder_file.c LINK recorder_interface)
heapchurn_test(test_recorder_extent SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_recorder_extent.c
               ${sources}/recorder_extent.c ${sources}/recorder_file.c LINK recorder_interface)
target_include_directories(test_recorder_extent PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
heapchurn_test(test_recording SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_recording.c LINK recording)
