#!/bin/bash
heapchurn list --help
