/*
 * bad_traces: traces whose bytes are right, and which make no sense; and what is said of them.
 */
#pragma once

#include "trace_write.h"

struct bad_trace {
    const char *name; /* NULL ends the list */
    void (*make)(struct trace_write *write);
    const char *says; /* whoever plays it */
};

extern const struct bad_trace bad_traces[];

/* One of them, by name; the caller releases it. NULL: there is none. */
struct trace_write *bad_trace(const char *name);
