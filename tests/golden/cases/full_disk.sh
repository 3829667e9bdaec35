#!/bin/bash
heapchurn --help >/dev/full
