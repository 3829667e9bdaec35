#!/bin/bash
# What the machine is like is not ours to say here: only that every check is told.
heapchurn doctor --json 2>/dev/null | grep -o '"name": "[^"]*"'
