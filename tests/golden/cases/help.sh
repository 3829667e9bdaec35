#!/bin/bash
heapchurn --help
