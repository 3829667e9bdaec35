#!/bin/bash
heapchurn list --names kinds; heapchurn list --names names
