#!/bin/bash
heapchurn list --jsn
