#!/bin/bash
heapchurn run --resume somewhere --quick
