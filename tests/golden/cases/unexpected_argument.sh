#!/bin/bash
heapchurn list glibc
