#!/bin/bash
heapchurn list --check discovery --check "$SOURCE/tests/data/specs/all-keys.yaml"
