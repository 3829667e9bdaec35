heapchurn list --jsn
