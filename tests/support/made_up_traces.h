/*
 * made_up_traces: small traces with known answers, made by trace_write.h.
 */
#pragma once

#include "trace_write.h"

struct made_up_trace {
    const char *name; /* NULL ends the list */
    void (*make)(struct trace_write *write);
    /* Of the program with the most events: */
    uint64_t events, live_blocks, live_bytes, inherited;
};

extern const struct made_up_trace made_up_traces[];

/* One of them, by name; the caller releases it. NULL: there is none. */
struct trace_write *made_up_trace(const char *name);
