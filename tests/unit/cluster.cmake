heapchurn_test(test_collect SOURCES test_collect.c LINK cluster made_up_runs)
heapchurn_test(test_host_kind SOURCES test_host_kind.c LINK store)
heapchurn_test(test_slurm SOURCES test_slurm.c LINK cluster)
