heapchurn doctor --help
