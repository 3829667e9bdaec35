#!/bin/bash
cat >mine.yaml <<END
question: does it answer?
pears: 8
END
heapchurn list --check mine.yaml
