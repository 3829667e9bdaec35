heapchurn list --help
