#!/bin/bash
heapchurn run --allocater glibc
