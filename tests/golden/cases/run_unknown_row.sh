#!/bin/bash
heapchurn run -w discovery -a jemaloc
