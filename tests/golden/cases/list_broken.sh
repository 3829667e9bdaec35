#!/bin/bash
export HEAPCHURN_WORKLOAD_DIR="$SOURCE/tests/data/specs"
heapchurn list | sed -n "/^WORKLOAD/,\$p"
