heapchurn list --keys
