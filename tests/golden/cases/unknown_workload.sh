#!/bin/bash
heapchurn list --check discovry
