#!/bin/bash
heapchurn doctor --help
