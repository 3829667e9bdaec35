#!/bin/bash
heapchurn compare --help
