/*
 * metrics: what is computed of one trial, as a table. A number of the tables, of result.json, of
 * the ceilings and of the comparison is one row here, and the row is all there is to add.
 */
#pragma once

#include "record.h"
#include "verdict.h"

enum metric_id {
    METRIC_RSS_ANON_START, METRIC_RSS_ANON_PEAK, METRIC_RSS_ANON_END, METRIC_RSS_ANON_QUIET,
    METRIC_RSS_ANON_RELEASED,
    METRIC_RSS_START, METRIC_RSS_PEAK, METRIC_RSS_END, METRIC_RSS_QUIET, METRIC_RSS_RELEASED,
    METRIC_RSS_LESS_LAZY_QUIET, METRIC_RSS_LESS_LAZY_RELEASED,
    METRIC_LIVE_START, METRIC_LIVE_END, METRIC_LIVE_QUIET, METRIC_LIVE_RELEASED,
    METRIC_HEAP_START, METRIC_HEAP_END, METRIC_HEAP_QUIET, METRIC_HEAP_RELEASED,
    METRIC_CACHED_END, METRIC_CACHED_QUIET, METRIC_CACHED_RELEASED,
    METRIC_HEAP_PER_LIVE,
    METRIC_RSS_ANON_PER_CYCLE, METRIC_LIVE_PER_CYCLE,
    METRIC_CPU_PER_1000_CYCLES, METRIC_MINOR_FAULTS_PER_CYCLE,
    METRIC_JOIN_P50, METRIC_JOIN_P99,
    METRIC_RELEASE_TIME, METRIC_EXIT_BLOCKS, METRIC_EXIT_BYTES,
    METRIC_COUNT
};

enum metric_unit { UNIT_BYTES, UNIT_BYTES_PER_CYCLE, UNIT_NS, UNIT_RATIO, UNIT_COUNT };

struct metric {
    const char *key;   /* stable name in result.json and in ceilings: "rss_anon_end_bytes" */
    const char *title; /* for tables: "RSS at end of churn" */
    enum metric_unit unit;
    /* The number for one subject of one valid trial; NaN when not available, then *out_why says
     * why (const or borrowed from the record). `verdict` is the trial's own verdict of it. */
    double (*of)(const struct record *record, enum record_role role,
                 const struct verdict *verdict, const char **out_why);
};

extern const struct metric metrics[METRIC_COUNT];
