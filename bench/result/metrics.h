/*
 * metrics: what is computed of one trial, as a table. A number of the tables, of result.json, of
 * the ceilings and of the comparison is one row here, and the row is all there is to add.
 *
 * Anonymous RSS is resident minus shared pages: what an allocator can be held responsible for.
 * Plain RSS adds file pages (program text, libraries), which the kernel may drop at any time.
 */
#pragma once

#include <stddef.h>

#include "attribution.h"
#include "pass.h"
#include "record.h"

enum metric_id {
    METRIC_RSS_ANON_START,
    METRIC_RSS_ANON_PEAK,
    METRIC_RSS_ANON_PLATEAU,
    METRIC_RSS_ANON_END,
    METRIC_RSS_ANON_QUIET,
    METRIC_RSS_ANON_RELEASED,
    METRIC_RSS_START,
    METRIC_RSS_PEAK,
    METRIC_RSS_END,
    METRIC_RSS_QUIET,
    METRIC_RSS_RELEASED,
    METRIC_RSS_LESS_LAZY_QUIET,
    METRIC_RSS_LESS_LAZY_RELEASED,
    METRIC_LIVE_START,
    METRIC_LIVE_END,
    METRIC_LIVE_QUIET,
    METRIC_LIVE_RELEASED,
    METRIC_HEAP_START,
    METRIC_HEAP_END,
    METRIC_HEAP_QUIET,
    METRIC_HEAP_RELEASED,
    METRIC_CACHED_END,
    METRIC_CACHED_QUIET,
    METRIC_CACHED_RELEASED,
    METRIC_HEAP_PER_LIVE,
    METRIC_LIVE_RESIDENT_END,
    METRIC_KEPT_END,
    METRIC_OUTSIDE_END,
    METRIC_NOT_LIVE_END,
    METRIC_FOREIGN_END,
    METRIC_LAZY_END,
    METRIC_RSS_ANON_PER_CYCLE,
    METRIC_LIVE_PER_CYCLE,
    METRIC_KEPT_PER_CYCLE,
    METRIC_OUTSIDE_PER_CYCLE,
    METRIC_NOT_LIVE_PER_CYCLE,
    METRIC_CPU_PER_1000_CYCLES,
    METRIC_MINOR_FAULTS_PER_CYCLE,
    METRIC_MAJOR_FAULTS_PER_CYCLE,
    METRIC_VOLUNTARY_SWITCHES_PER_CYCLE,
    METRIC_INVOLUNTARY_SWITCHES_PER_CYCLE,
    METRIC_ANON_HUGE_PEAK,
    METRIC_ANON_HUGE_END,
    METRIC_HUGE_ZERO_END,
    METRIC_RSS_ANON_INTEGRAL,
    METRIC_HALF_BACK_TIME,
    METRIC_JOIN_P50,
    METRIC_JOIN_P99,
    METRIC_RELEASE_TIME,
    METRIC_EXIT_BLOCKS,
    METRIC_EXIT_BYTES,
    METRIC_COUNT
};

enum metric_unit {
    UNIT_BYTES,
    UNIT_BYTES_PER_CYCLE,
    UNIT_BYTE_SECONDS,
    UNIT_NS,
    UNIT_RATIO,
    UNIT_COUNT
};

/* One subject of one valid trial, with what its curve says (trial_curve.h). All borrowed. */
struct metric_input {
    const struct record *record;
    size_t role;
    const struct attribution *attribution;
    const struct pass *ledger; /* counted live where the allocator does not; NULL */
};

struct metric {
    const char *key;   /* stable name in result.json and in ceilings: "rss_anon_end_bytes" */
    const char *title; /* for people: "anonymous RSS at the end of the churn" */
    enum metric_unit unit;
    double (*of)(const struct metric *metric, const struct metric_input *input,
                 const char **out_why);
    enum record_phase phase; /* parameters of `of`, where it reads a snapshot: which, … */
    size_t field;            /* … and the offset of the number in it */
    /* Told only where every block has it: where one has none, it was longer than was waited. */
    bool in_all_blocks;
    const char *not_of_load; /* why there is none under a load that has no such thing; NULL */
};

extern const struct metric metrics[METRIC_COUNT];

/* The number; NaN when it is not available, then *out_why says why (const, or borrowed from the
 * record) and is never NULL. */
double metric_of(enum metric_id id, const struct metric_input *input, const char **out_why);
