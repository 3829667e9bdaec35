heapchurn_test(test_spare_memory SOURCES test_spare_memory.c LINK scenarios)
heapchurn_test(test_trace_flipped SOURCES test_trace_flipped.c ../support/made_up_traces.c LINK replay)
heapchurn_test(test_replay SOURCES test_replay.c ../support/made_up_traces.c ../support/played_trace.c
               ../support/compiled_made.c LINK replay ensemble)
heapchurn_test(test_replay_check SOURCES test_replay_check.c LINK made_up_runs result)
heapchurn_test(test_compile SOURCES test_compile.c ../support/compiled_made.c LINK replay ensemble)
heapchurn_test(test_lane SOURCES test_lane.c ../support/compiled_made.c LINK replay ensemble)
heapchurn_test(test_trace_edit SOURCES test_trace_edit.c LINK replay)
