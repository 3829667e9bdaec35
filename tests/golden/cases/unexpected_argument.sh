heapchurn list glibc
