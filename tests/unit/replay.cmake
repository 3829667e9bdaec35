heapchurn_test(test_replay SOURCES test_replay.c ../support/made_up_traces.c ../support/played_trace.c
               LINK replay ensemble)
