#!/bin/bash
HEAPCHURN_PATIENCE=long heapchurn list
