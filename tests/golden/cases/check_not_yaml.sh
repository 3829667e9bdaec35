#!/bin/bash
printf "question: q\n\tpeers: 3\n" >mine.yaml
heapchurn list --check mine.yaml
