heapchurn --version
