#!/bin/bash
heapchurn run --period
