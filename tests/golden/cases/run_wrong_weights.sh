#!/bin/bash
heapchurn run --weights memory=2,speed=1
