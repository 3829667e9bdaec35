/*
 * trace_summary: what is in one program of a trace: sizes, lifetimes, the peak and what it was made
 * of, threads and rates over time. One pass in the order of trace_order.h.
 *
 * Sizes and lifetimes are counted in powers of two: class k holds values from 2^(k-1) up to below
 * 2^k, class 0 the value 0. A lifetime is told in time, and in bytes: how much the program was
 * given meanwhile, which is the same on any machine. Blocks that live at the end have none.
 */
#pragma once

#include "trace_order.h"

enum { SUMMARY_CLASSES = 57, SUMMARY_BINS = 64, SUMMARY_MARKS = 64 };

struct summary_class {
    uint64_t blocks, bytes;
};

/* A stretch of time. */
struct summary_bin {
    uint64_t events;
    uint64_t live_max_bytes;
    uint64_t threads_max;
};

/* A text of the program's own, made printable. */
struct summary_mark {
    uint64_t ms; /* from the first call on */
    char text[TRACE_MARK_BYTES_MAX + 1];
};

struct trace_summary {
    uint64_t allocations, reallocs, frees, bytes; /* reallocs are among both */
    uint64_t foreign_frees, inherited_frees;
    uint64_t streams, threads_max;
    uint64_t miscounted_streams; /* END of which tells another count than its events */
    uint64_t end_blocks, end_bytes;
    uint64_t peak_bytes, peak_blocks, peak_ms;
    uint64_t first_ms; /* of the clock word, at the first event: what times are counted from */
    int64_t duration_ms;
    uint64_t behind_end; /* calls that a player leaves out (trace_format.h, THE END) */
    uint64_t end_ms;     /* the end, from the first call on */
    struct summary_class size[SUMMARY_CLASSES];       /* of all blocks */
    struct summary_class at_peak[SUMMARY_CLASSES];    /* by size */
    struct summary_class life_bytes[SUMMARY_CLASSES]; /* of blocks that were freed */
    struct summary_class life_ms[SUMMARY_CLASSES];
    uint64_t large_blocks, large_bytes, written_bytes; /* whose EXTENT is known, at its end */
    struct summary_bin bins[SUMMARY_BINS];
    size_t bin_count;
    uint64_t bin_ms;
    struct summary_mark marks[SUMMARY_MARKS]; /* the first ones */
    uint64_t mark_count;                      /* all */
};

/* -EINVAL with a sentence for a trace that makes no sense. */
int trace_summary(struct trace_file *file, const struct traced_image *image,
                  struct trace_summary *out, struct err *err);

/* The class of a value; the least value of a class. */
unsigned summary_class_of(uint64_t value);
uint64_t summary_class_least(unsigned number);
