#!/bin/bash
heapchurn judge --help
