#!/bin/bash
heapchurn ceilings --help
