#!/bin/bash
heapchurn run --help
