heapchurn_test(test_plan SOURCES test_plan.c LINK plan)
