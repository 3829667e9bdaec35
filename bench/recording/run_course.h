/*
 * run_course: the course of a run that is kept with it: so many samples at most, however long it
 * took. When there are too many every second goes, and from then on fewer are taken; of two the
 * larger stays, so that no peak is lost.
 */
#pragma once

#include "trace_facts.h"

enum { RUN_COURSE_MAX = 1024 };

struct run_course {
    size_t stride, skipped; /* one of so many is kept; 0: the first */
};

void run_course_add(struct run_course *course, struct trace_run *run, struct trace_sample sample);
