#!/bin/bash
heapchurn report none
