#!/bin/bash
heapchurn --version
