#!/bin/bash
heapchurn list --check ./none.yaml
