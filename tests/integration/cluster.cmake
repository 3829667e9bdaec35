heapchurn_bats(test_cells)
