#!/bin/bash
heapchurn list --weather
