#!/bin/bash
heapchurn run -w discovry -a glibc
