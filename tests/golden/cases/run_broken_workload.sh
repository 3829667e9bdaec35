#!/bin/bash
heapchurn run -w "$SOURCE/tests/data/specs/broken.yaml" -a glibc
