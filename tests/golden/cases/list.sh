heapchurn list
