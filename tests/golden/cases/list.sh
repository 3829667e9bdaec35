#!/bin/bash
heapchurn list
