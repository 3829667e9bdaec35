heapchurn lst
