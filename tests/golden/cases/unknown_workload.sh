heapchurn list --check discovry
