#!/bin/bash
heapchurn help rpeort
