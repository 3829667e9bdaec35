#!/bin/bash
heapchurn check --help
