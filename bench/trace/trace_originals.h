/*
 * trace_originals: what the runs without the recorder came to, all those on one allocator together.
 * A program does not take the same each time: the median stands for it, and least and most say how
 * far it differs by itself.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "trace_facts.h"

/* Over the runs of which it is known; of none: -1. Of an even number the median is the mean of the
 * two in the middle. */
struct trace_range {
    int64_t least, median, most;
};

struct trace_originals {
    size_t count;
    const struct trace_run *typical; /* of the median peak, or next below; NULL where count is 0 */
    struct trace_range peak_heap_bytes, end_heap_bytes, cpu_ns;
};

/* Borrows from the facts. Of none: count is 0, and ranges are -1. */
struct trace_originals trace_originals_on(const struct trace_facts *facts, const char *allocator);

/* The recorded run in place of any, where it can stand for them (trace_facts_stand_in()). */
struct trace_originals trace_originals_stand_in(const struct trace_facts *facts);
