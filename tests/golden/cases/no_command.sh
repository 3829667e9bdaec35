#!/bin/bash
heapchurn
