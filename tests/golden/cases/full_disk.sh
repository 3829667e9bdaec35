heapchurn --help >/dev/full
