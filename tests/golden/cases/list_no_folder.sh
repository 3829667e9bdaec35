#!/bin/bash
HEAPCHURN_WORKLOAD_DIR=/nowhere heapchurn list
