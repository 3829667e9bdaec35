#!/bin/bash
heapchurn list --knobs | grep -A1 -E '^(glibc|jemalloc)$|^  (arena_max|background_thread) '
