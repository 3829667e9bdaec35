#!/bin/bash
heapchurn brew-coffee
