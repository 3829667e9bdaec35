heapchurn_bats(test_cells TIMEOUT 300)
