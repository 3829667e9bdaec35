#!/bin/bash
cat >mine.yaml <<END
question: does it answer?
peers: many
END
heapchurn list --check ./mine.yaml
