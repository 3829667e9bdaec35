#include "metrics.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "metric_parts.h"
#include "metric_release.h"
#include "metric_samples.h"
#include "order.h"

static const char NO_SNAPSHOT[] = "the subject was not looked at when this phase ended";

static const struct record_role *subject_of(const struct metric_input *input)
{
    return &input->record->roles[input->role];
}

static double unavailable(const char *why, const char **out_why)
{
    *out_why = why;
    return NAN;
}

/* NULL, or the statistic of the allocator that lives at this offset of a snapshot. */
static const char *statistic_reason(const struct metric_input *input, size_t field)
{
    const size_t first = offsetof(struct record_snapshot, stat);
    if (field < first || field >= first + sizeof(((struct record_snapshot *)NULL)->stat))
        return NULL;
    const char *why = subject_of(input)->unavailable[(field - first) / sizeof(int64_t)];
    return why ? why : "the allocator did not tell";
}

static int64_t field_at(const struct record_snapshot *snapshot, size_t field)
{
    int64_t value;
    memcpy(&value, (const char *)snapshot + field, sizeof value);
    return value;
}

static double snapshot_field(const struct metric *metric, const struct metric_input *input,
                             const char **out_why)
{
    const struct record_snapshot *snapshot = &subject_of(input)->snapshot[metric->phase];
    if (!snapshot->taken)
        return unavailable(NO_SNAPSHOT, out_why);
    int64_t value = field_at(snapshot, metric->field);
    const char *why = statistic_reason(input, metric->field);
    if (why && subject_of(input)->level_unavailable)
        return unavailable(subject_of(input)->level_unavailable, out_why);
    if (value >= 0)
        return (double)value;
    return unavailable(why ? why : "the kernel did not tell", out_why);
}

/* MADV_FREE pages stay resident until the kernel wants them; they are free for the asking. */
static double rss_less_lazy(const struct metric *metric, const struct metric_input *input,
                            const char **out_why)
{
    const struct record_snapshot *snapshot = &subject_of(input)->snapshot[metric->phase];
    if (!snapshot->taken)
        return unavailable(NO_SNAPSHOT, out_why);
    if (snapshot->rss_bytes < 0 || snapshot->lazy_free_bytes < 0)
        return unavailable("the kernel did not tell LazyFree", out_why);
    return (double)(snapshot->rss_bytes - snapshot->lazy_free_bytes);
}

static double heap_per_live(const struct metric *metric, const struct metric_input *input,
                            const char **out_why)
{
    (void)metric;
    double live = metric_of(METRIC_LIVE_END, input, out_why);
    if (isnan(live))
        return NAN;
    double heap = metric_of(METRIC_HEAP_END, input, out_why);
    if (isnan(heap))
        return NAN;
    return live > 0 ? heap / live : unavailable("nothing was live", out_why);
}

static double signal_slope(const struct verdict_signal *signal, const char *missing,
                           const char **out_why)
{
    if (!signal->available)
        return unavailable(missing, out_why);
    if (!isfinite(signal->slope_per_cycle) || !(signal->judged_cycles > 0))
        return unavailable("too few points along the churn for a slope", out_why);
    return signal->slope_per_cycle;
}

static double rss_anon_per_cycle(const struct metric *metric, const struct metric_input *input,
                                 const char **out_why)
{
    (void)metric;
    return signal_slope(&input->attribution->verdict.rss,
                        "too few points along the churn for a slope", out_why);
}

static double live_per_cycle(const struct metric *metric, const struct metric_input *input,
                             const char **out_why)
{
    (void)metric;
    const struct record_role *subject = subject_of(input);
    const char *why = subject->unavailable[STAT_LIVE];
    if (!why && subject->stats_at_phase_ends_only)
        why = "reading the statistics takes over 5 ms, so they were read at phase ends only";
    return signal_slope(&input->attribution->verdict.live,
                        why ? why : "live was not told at the ends of the rounds", out_why);
}

/* A counter's rise from the end of the start phase to the end of the churn, per cycle. */
static double churn_rise_per_cycle(const struct metric_input *input, size_t field,
                                   const char **out_why)
{
    const struct record_snapshot *start = &subject_of(input)->snapshot[PHASE_START];
    const struct record_snapshot *end = &subject_of(input)->snapshot[PHASE_CHURN];
    if (!start->taken || !end->taken)
        return unavailable(NO_SNAPSHOT, out_why);
    int64_t from = field_at(start, field), to = field_at(end, field);
    if (from < 0 || to < 0)
        return unavailable("the kernel did not tell", out_why);
    if (input->record->cycles_done <= 0)
        return unavailable("no cycle was done", out_why);
    return (double)(to - from) / (double)input->record->cycles_done;
}

/* schedstat counts every thread to the nanosecond; stat, which is always there, in clock ticks. */
static double cpu_per_1000_cycles(const struct metric *metric, const struct metric_input *input,
                                  const char **out_why)
{
    (void)metric;
    /* Of the load alone, where the role tells it: asking for statistics is not the program's work.
     */
    int64_t load = record_counter(&input->record->roles[input->role], "load_cpu_ns");
    if (load != RECORD_NA && input->record->cycles_done > 0)
        return (double)load / (double)input->record->cycles_done * 1000;
    double all = churn_rise_per_cycle(input, offsetof(struct record_snapshot, cpu_ns), out_why);
    if (!isnan(all))
        return all * 1000;
    double user =
        churn_rise_per_cycle(input, offsetof(struct record_snapshot, cpu_user_ns), out_why);
    double system =
        churn_rise_per_cycle(input, offsetof(struct record_snapshot, cpu_system_ns), out_why);
    return (user + system) * 1000;
}

static double per_cycle(const struct metric *metric, const struct metric_input *input,
                        const char **out_why)
{
    return churn_rise_per_cycle(input, metric->field, out_why);
}

/* The kernel tells of threads that live: a subject whose threads come and go counts by itself. */
static double switches_per_cycle(const struct metric *metric, const struct metric_input *input,
                                 const char **out_why)
{
    if (record_counter(subject_of(input), "context_switches") >= 0)
        return unavailable("its threads come and go, and take their counts along: see its own "
                           "counter context_switches",
                           out_why);
    return per_cycle(metric, input, out_why);
}

static double join_quantile(const struct metric *metric, const struct metric_input *input, double q,
                            const char **out_why)
{
    const struct record *record = input->record;
    if (input->role != RECORD_PRIMARY)
        return unavailable("a join is timed once, and counted with the primary subject", out_why);
    if (record->join_count == 0)
        return unavailable(metric->not_of_load, out_why);
    AUTO_FREE double *sorted = malloc(record->join_count * sizeof *sorted);
    if (!sorted)
        abort();
    for (size_t i = 0; i < record->join_count; i++)
        sorted[i] = (double)record->join_ns[i];
    return order_quantile(sorted, record->join_count, q);
}

static double join_p50(const struct metric *metric, const struct metric_input *input,
                       const char **out_why)
{
    return join_quantile(metric, input, 0.50, out_why);
}

static double join_p99(const struct metric *metric, const struct metric_input *input,
                       const char **out_why)
{
    return join_quantile(metric, input, 0.99, out_why);
}

/* A number of the subject as a whole; `field` is its offset in record_role. */
static double subject_field(const struct metric *metric, const struct metric_input *input,
                            const char **out_why)
{
    int64_t value;
    memcpy(&value, (const char *)subject_of(input) + metric->field, sizeof value);
    return value >= 0 ? (double)value : unavailable("the subject did not tell", out_why);
}

static const char no_joins[] = "this load times no joins";

#define AT(phase_, member) \
    .of = snapshot_field, .phase = (phase_), .field = offsetof(struct record_snapshot, member)
#define STAT(phase_, stat_)                  \
    .of = snapshot_field, .phase = (phase_), \
    .field = offsetof(struct record_snapshot, stat) + (stat_) * sizeof(int64_t)
#define WHOLE(member) .of = subject_field, .field = offsetof(struct record_role, member)

const struct metric metrics[METRIC_COUNT] = {
    [METRIC_RSS_ANON_START] = {"rss_anon_start_bytes", "anonymous RSS before the load", UNIT_BYTES,
                               AT(PHASE_START, rss_anon_bytes)},
    [METRIC_RSS_ANON_PEAK] = {"rss_anon_peak_bytes", "largest anonymous RSS", UNIT_BYTES,
                              .of = metric_rss_anon_peak},
    [METRIC_RSS_ANON_PLATEAU] = {"rss_anon_plateau_bytes",
                                 "anonymous RSS, mean of the last third of the churn", UNIT_BYTES,
                                 .of = metric_rss_anon_plateau},
    [METRIC_RSS_ANON_END] = {"rss_anon_end_bytes", "anonymous RSS at the end of the churn",
                             UNIT_BYTES, AT(PHASE_CHURN, rss_anon_bytes)},
    [METRIC_RSS_ANON_QUIET] = {"rss_anon_quiet_bytes", "anonymous RSS after the quiet time",
                               UNIT_BYTES, AT(PHASE_QUIET, rss_anon_bytes)},
    [METRIC_RSS_ANON_RELEASED] = {"rss_anon_released_bytes", "anonymous RSS after the release call",
                                  UNIT_BYTES, AT(PHASE_RELEASED, rss_anon_bytes)},
    [METRIC_RSS_START] = {"rss_start_bytes", "RSS before the load", UNIT_BYTES,
                          AT(PHASE_START, rss_bytes)},
    [METRIC_RSS_PEAK] = {"rss_peak_bytes", "largest RSS", UNIT_BYTES, .of = metric_rss_peak},
    [METRIC_RSS_END] = {"rss_end_bytes", "RSS at the end of the churn", UNIT_BYTES,
                        AT(PHASE_CHURN, rss_bytes)},
    [METRIC_RSS_QUIET] = {"rss_quiet_bytes", "RSS after the quiet time", UNIT_BYTES,
                          AT(PHASE_QUIET, rss_bytes)},
    [METRIC_RSS_RELEASED] = {"rss_released_bytes", "RSS after the release call", UNIT_BYTES,
                             AT(PHASE_RELEASED, rss_bytes)},
    [METRIC_RSS_LESS_LAZY_QUIET] = {"rss_less_lazy_quiet_bytes",
                                    "RSS less LazyFree after the quiet time", UNIT_BYTES,
                                    .of = rss_less_lazy, .phase = PHASE_QUIET},
    [METRIC_RSS_LESS_LAZY_RELEASED] = {"rss_less_lazy_released_bytes",
                                       "RSS less LazyFree after the release call", UNIT_BYTES,
                                       .of = rss_less_lazy, .phase = PHASE_RELEASED},
    [METRIC_LIVE_START] = {"live_start_bytes", "live before the load", UNIT_BYTES,
                           STAT(PHASE_START, STAT_LIVE)},
    [METRIC_LIVE_END] = {"live_end_bytes", "live at the end of the churn", UNIT_BYTES,
                         STAT(PHASE_CHURN, STAT_LIVE)},
    [METRIC_LIVE_QUIET] = {"live_quiet_bytes", "live after the quiet time", UNIT_BYTES,
                           STAT(PHASE_QUIET, STAT_LIVE)},
    [METRIC_LIVE_RELEASED] = {"live_released_bytes", "live after the release call", UNIT_BYTES,
                              STAT(PHASE_RELEASED, STAT_LIVE)},
    [METRIC_HEAP_START] = {"heap_start_bytes", "heap before the load", UNIT_BYTES,
                           STAT(PHASE_START, STAT_HEAP)},
    [METRIC_HEAP_END] = {"heap_end_bytes", "heap at the end of the churn", UNIT_BYTES,
                         STAT(PHASE_CHURN, STAT_HEAP)},
    [METRIC_HEAP_QUIET] = {"heap_quiet_bytes", "heap after the quiet time", UNIT_BYTES,
                           STAT(PHASE_QUIET, STAT_HEAP)},
    [METRIC_HEAP_RELEASED] = {"heap_released_bytes", "heap after the release call", UNIT_BYTES,
                              STAT(PHASE_RELEASED, STAT_HEAP)},
    [METRIC_CACHED_END] = {"cached_end_bytes", "cached free memory at the end of the churn",
                           UNIT_BYTES, STAT(PHASE_CHURN, STAT_CACHED)},
    [METRIC_CACHED_QUIET] = {"cached_quiet_bytes", "cached free memory after the quiet time",
                             UNIT_BYTES, STAT(PHASE_QUIET, STAT_CACHED)},
    [METRIC_CACHED_RELEASED] = {"cached_released_bytes",
                                "cached free memory after the release call", UNIT_BYTES,
                                STAT(PHASE_RELEASED, STAT_CACHED)},
    [METRIC_HEAP_PER_LIVE] = {"heap_per_live_ratio", "heap per live byte at the end of the churn",
                              UNIT_RATIO, .of = heap_per_live},
    [METRIC_LIVE_RESIDENT_END] = {"live_resident_end_bytes",
                                  "live at the end of the churn, as far as resident", UNIT_BYTES,
                                  .of = metric_part_at_end, .field = PART_LIVE},
    [METRIC_KEPT_END] = {"kept_end_bytes", "kept by the allocator at the end of the churn",
                         UNIT_BYTES, .of = metric_part_at_end, .field = PART_KEPT},
    [METRIC_OUTSIDE_END] = {"outside_end_bytes", "outside the allocator at the end of the churn",
                            UNIT_BYTES, .of = metric_part_at_end, .field = PART_OUTSIDE},
    [METRIC_NOT_LIVE_END] = {"not_live_end_bytes", "not live at the end of the churn", UNIT_BYTES,
                             .of = metric_part_at_end, .field = PART_NOT_LIVE},
    [METRIC_FOREIGN_END] = {"outside_least_end_bytes",
                            "files, shared memory and stacks at the end of the churn", UNIT_BYTES,
                            .of = metric_foreign_at_end},
    [METRIC_LAZY_END] = {"lazy_end_bytes", "LazyFree at the end of the churn", UNIT_BYTES,
                         AT(PHASE_CHURN, lazy_free_bytes)},
    [METRIC_RSS_ANON_PER_CYCLE] = {"rss_anon_bytes_per_cycle", "growth of anonymous RSS",
                                   UNIT_BYTES_PER_CYCLE, .of = rss_anon_per_cycle},
    [METRIC_LIVE_PER_CYCLE] = {"live_bytes_per_cycle", "growth of live", UNIT_BYTES_PER_CYCLE,
                               .of = live_per_cycle},
    [METRIC_KEPT_PER_CYCLE] = {"kept_bytes_per_cycle", "growth of what the allocator keeps",
                               UNIT_BYTES_PER_CYCLE, .of = metric_part_per_cycle,
                               .field = PART_KEPT},
    [METRIC_OUTSIDE_PER_CYCLE] = {"outside_bytes_per_cycle", "growth outside the allocator",
                                  UNIT_BYTES_PER_CYCLE, .of = metric_part_per_cycle,
                                  .field = PART_OUTSIDE},
    [METRIC_NOT_LIVE_PER_CYCLE] = {"not_live_bytes_per_cycle", "growth of what is not live",
                                   UNIT_BYTES_PER_CYCLE, .of = metric_part_per_cycle,
                                   .field = PART_NOT_LIVE},
    [METRIC_CPU_PER_1000_CYCLES] = {"cpu_per_1000_cycles_ns", "CPU time per 1000 cycles", UNIT_NS,
                                    .of = cpu_per_1000_cycles},
    [METRIC_MINOR_FAULTS_PER_CYCLE] = {"minor_faults_per_cycle", "minor page faults per cycle",
                                       UNIT_RATIO, .of = per_cycle,
                                       .field = offsetof(struct record_snapshot, minor_faults)},
    [METRIC_MAJOR_FAULTS_PER_CYCLE] = {"major_faults_per_cycle", "major page faults per cycle",
                                       UNIT_RATIO, .of = per_cycle,
                                       .field = offsetof(struct record_snapshot, major_faults)},
    [METRIC_VOLUNTARY_SWITCHES_PER_CYCLE] =
        {"voluntary_switches_per_cycle", "times it gave up the core per cycle", UNIT_RATIO,
         .of = switches_per_cycle, .field = offsetof(struct record_snapshot, voluntary_switches)},
    [METRIC_INVOLUNTARY_SWITCHES_PER_CYCLE] =
        {"involuntary_switches_per_cycle", "times it lost the core per cycle", UNIT_RATIO,
         .of = switches_per_cycle, .field = offsetof(struct record_snapshot, involuntary_switches)},
    [METRIC_ANON_HUGE_PEAK] = {"anon_huge_peak_bytes", "largest AnonHugePages of the exact looks",
                               UNIT_BYTES, .of = metric_anon_huge_peak},
    [METRIC_ANON_HUGE_END] = {"anon_huge_end_bytes", "AnonHugePages at the end of the churn",
                              UNIT_BYTES, AT(PHASE_CHURN, anon_huge_bytes)},
    [METRIC_HUGE_ZERO_END] = {"huge_zero_end_bytes",
                              "pages of zeros within huge pages at the end of the churn: their "
                              "padding, at most",
                              UNIT_BYTES, AT(PHASE_CHURN, huge_zero_bytes)},
    [METRIC_RSS_ANON_INTEGRAL] = {"rss_anon_byte_seconds",
                                  "anonymous RSS summed over time, until the release call",
                                  UNIT_BYTE_SECONDS, .of = metric_rss_anon_integral},
    [METRIC_HALF_BACK_TIME] = {"half_back_ns", "time until half of its rise to the peak was back",
                               UNIT_NS, .of = metric_half_back_time, .in_all_blocks = true},
    [METRIC_JOIN_P50] = {"join_p50_ns", "median time of a join", UNIT_NS, .of = join_p50,
                         .not_of_load = no_joins},
    [METRIC_JOIN_P99] = {"join_p99_ns", "99th percentile of the time of a join", UNIT_NS,
                         .of = join_p99, .not_of_load = no_joins},
    [METRIC_RELEASE_TIME] = {"release_ns", "time of the release call", UNIT_NS, WHOLE(release_ns),
                             .phase = PHASE_RELEASED},
    [METRIC_EXIT_BLOCKS] = {"exit_blocks", "blocks live at exit", UNIT_COUNT, WHOLE(exit_blocks)},
    [METRIC_EXIT_BYTES] = {"exit_bytes", "bytes live at exit", UNIT_BYTES, WHOLE(exit_bytes)},
};

double metric_of(enum metric_id id, const struct metric_input *input, const char **out_why)
{
    assert(id < METRIC_COUNT);
    const char *why = metrics[id].phase == PHASE_RELEASED ? metric_not_released(input) : NULL;
    double value = why ? NAN : metrics[id].of(&metrics[id], input, &why);
    assert(!isnan(value) || why);
    if (isnan(value))
        *out_why = why;
    return value;
}
