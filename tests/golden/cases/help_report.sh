#!/bin/bash
heapchurn report --help
