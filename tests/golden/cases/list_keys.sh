#!/bin/bash
heapchurn list --keys
