#!/bin/bash
heapchurn lst
