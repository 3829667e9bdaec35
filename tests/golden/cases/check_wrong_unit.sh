#!/bin/bash
cat >mine.yaml <<END
question: does it answer?
leak_bytes: 64
END
heapchurn list --check mine.yaml
