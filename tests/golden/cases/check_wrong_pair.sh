#!/bin/bash
cat >mine.yaml <<END
question: does it answer?
load: processes
END
heapchurn list --check mine.yaml
