#!/bin/bash
heapchurn list --json | grep -o -e '"name": "glibc"' -e '"name": "discovery"' -e '"cycles": 1344'
