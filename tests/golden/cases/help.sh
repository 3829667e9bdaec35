heapchurn --help
