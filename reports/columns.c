#include "columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "table.h"

#define MIB       (1024.0 * 1024.0)
#define NS_PER_MS 1e6
#define NS_PER_S  1e9

#define COLUMN_SET(array)                                               \
    {                                                                   \
        .columns = (array), .count = sizeof(array) / sizeof((array)[0]) \
    }

static const struct column memory[] = {
    {"start", "start", METRIC_RSS_START, MIB, 3, false},
    {"peak", "peak", METRIC_RSS_PEAK, MIB, 5, false},
    {"end", "end", METRIC_RSS_END, MIB, TABLE_STAYS, false},
    {"quiet", "quiet", METRIC_RSS_QUIET, MIB, 5, false},
    {"released", "released", METRIC_RSS_RELEASED, MIB, 4, false},
    {"live", "live", METRIC_LIVE_RESIDENT_END, MIB, TABLE_STAYS, false},
    {"kept", "kept", METRIC_KEPT_END, MIB, TABLE_STAYS, false},
    {"outside", "outside", METRIC_OUTSIDE_END, MIB, 1, false},
};

static const struct column growth[] = {
    {"RSS", "RSS B/cycle", METRIC_RSS_ANON_PER_CYCLE, 1.0, 2, true},
    {"live", "live B/cycle", METRIC_LIVE_PER_CYCLE, 1.0, TABLE_STAYS, true},
    {"kept", "kept B/cycle", METRIC_KEPT_PER_CYCLE, 1.0, 1, true},
    {"outside", "outside B/cycle", METRIC_OUTSIDE_PER_CYCLE, 1.0, 3, true},
};

static const struct column cost[] = {
    {"CPU ms|per 1000", "CPU ms per 1000 cycles", METRIC_CPU_PER_1000_CYCLES, NS_PER_MS, 2, false},
    {"join|p50 ms", "join p50 ms", METRIC_JOIN_P50, NS_PER_MS, 5, false},
    {"join|p99 ms", "join p99 ms", METRIC_JOIN_P99, NS_PER_MS, 1, false},
    {"live|MiB", "live MiB", METRIC_LIVE_END, MIB, 3, false},
    {"heap|MiB", "heap MiB", METRIC_HEAP_END, MIB, 3, false},
    {"heap/|live", "heap/live", METRIC_HEAP_PER_LIVE, 1.0, 4, false},
};

static const struct column kernel[] = {
    {"minor|faults", "minor faults per cycle", METRIC_MINOR_FAULTS_PER_CYCLE, 1.0, 1, false},
    {"major|faults", "major faults per cycle", METRIC_MAJOR_FAULTS_PER_CYCLE, 1.0, 2, false},
    {"core|given up", "core given up per cycle", METRIC_VOLUNTARY_SWITCHES_PER_CYCLE, 1.0, 2,
     false},
    {"core|lost", "core lost per cycle", METRIC_INVOLUNTARY_SWITCHES_PER_CYCLE, 1.0, 2, false},
    {"huge|peak", "huge pages peak, MiB", METRIC_ANON_HUGE_PEAK, MIB, 1, false},
    {"huge|end", "huge pages end, MiB", METRIC_ANON_HUGE_END, MIB, 1, false},
    {"of it|zero", "zeros within them, MiB", METRIC_HUGE_ZERO_END, MIB, 1, false},
    {"MiB|x s", "memory over time, MiB s", METRIC_RSS_ANON_INTEGRAL, MIB, 1, false},
    {"half|back s", "half given back after, s", METRIC_HALF_BACK_TIME, 1e9, 1, false},
};

static const struct column others[] = {
    {"start", "start", METRIC_RSS_ANON_START, MIB, 1, false},
    {"end", "end", METRIC_RSS_ANON_END, MIB, TABLE_STAYS, false},
    {"released", "released", METRIC_RSS_ANON_RELEASED, MIB, 2, false},
    {"B/cycle", "B/cycle", METRIC_RSS_ANON_PER_CYCLE, 1.0, TABLE_STAYS, false},
};

static const struct column giving_back[] = {
    {"RSS|quiet", "RSS quiet", METRIC_RSS_QUIET, MIB, TABLE_STAYS, false},
    {"RSS|after", "RSS after", METRIC_RSS_RELEASED, MIB, TABLE_STAYS, false},
    {"less|lazy", "less lazy after", METRIC_RSS_LESS_LAZY_RELEASED, MIB, 1, false},
    {"heap|quiet", "heap quiet", METRIC_HEAP_QUIET, MIB, 1, false},
    {"heap|after", "heap after", METRIC_HEAP_RELEASED, MIB, 1, false},
    {"cache|quiet", "cached quiet", METRIC_CACHED_QUIET, MIB, 2, false},
    {"cache|after", "cached after", METRIC_CACHED_RELEASED, MIB, 2, false},
    {"call|ms", "call, ms", METRIC_RELEASE_TIME, NS_PER_MS, TABLE_STAYS, false},
};

_Static_assert(sizeof memory / sizeof memory[0] <= COLUMNS_MAX, "raise COLUMNS_MAX");
_Static_assert(sizeof kernel / sizeof kernel[0] <= COLUMNS_MAX, "raise COLUMNS_MAX");
_Static_assert(sizeof giving_back / sizeof giving_back[0] <= COLUMNS_MAX, "raise COLUMNS_MAX");

const struct column_set memory_columns = COLUMN_SET(memory);
const struct column_set growth_columns = COLUMN_SET(growth);
const struct column_set cost_columns = COLUMN_SET(cost);
const struct column_set kernel_columns = COLUMN_SET(kernel);
const struct column_set other_columns = COLUMN_SET(others);
const struct column_set giving_back_columns = COLUMN_SET(giving_back);

/* Where a cycle is much work, as the whole run of a compiler is, its own time is what one reads. */
static void fit_cpu(struct column *column, const struct result_workload *workload, size_t role)
{
    double most_ns = 0; /* of a cycle */
    for (size_t i = 0; i < workload->row_count; i++)
        if (role < workload->rows[i].subject_count)
            most_ns = fmax(most_ns,
                           workload->rows[i].subjects[role].metric[column->metric].median / 1000);
    if (most_ns >= NS_PER_S)
        *column = (struct column){"CPU s|a cycle", "CPU s per cycle", column->metric,
                                  1000 * NS_PER_S, column->rank,      column->interval};
    else if (most_ns >= 10 * NS_PER_MS)
        *column = (struct column){"CPU ms|a cycle", "CPU ms per cycle", column->metric,
                                  1000 * NS_PER_MS, column->rank,       column->interval};
}

const struct column_set *columns_choose(const struct column_set *set,
                                        const struct result_workload *workload, size_t role,
                                        struct column_choice *out)
{
    out->set = (struct column_set){.columns = out->columns, .count = 0};
    for (size_t i = 0; i < set->count; i++) {
        struct column *column = &out->columns[out->set.count];
        if (!result_load_has(workload, role, set->columns[i].metric))
            continue;
        *column = set->columns[i];
        if (column->metric == METRIC_CPU_PER_1000_CYCLES)
            fit_cpu(column, workload, role);
        out->set.count++;
    }
    return &out->set;
}

const char *cell_median(const struct column *column, const struct estimate *estimate, char *out,
                        size_t size)
{
    return number_format(estimate->median / column->unit, out, size);
}

/* What a part is at most, or at least, where only both together are told. */
struct bound {
    double value; /* NAN: not told at all */
    bool least;
};

static struct bound bound_of(const struct column *column, const struct result_subject *subject)
{
    double not_live = subject->metric[METRIC_NOT_LIVE_END].median;
    double foreign = subject->metric[METRIC_FOREIGN_END].median;
    switch (column->metric) {
    case METRIC_KEPT_END:
        return (struct bound){not_live - foreign, false};
    case METRIC_OUTSIDE_END:
        return (struct bound){isnan(not_live) ? NAN : foreign, true};
    case METRIC_KEPT_PER_CYCLE:
    case METRIC_OUTSIDE_PER_CYCLE:
        /* Of what falls in all a part may rise by any amount. */
        not_live = subject->metric[METRIC_NOT_LIVE_PER_CYCLE].median;
        return (struct bound){not_live >= 0 ? not_live : NAN, false};
    default:
        return (struct bound){NAN, false};
    }
}

const char *cell_value(const struct column *column, const struct result_subject *subject, bool utf8,
                       char *out, size_t size)
{
    const struct estimate *estimate = &subject->metric[column->metric];
    double half = (estimate->high - estimate->low) / 2 / column->unit;
    struct bound bound = bound_of(column, subject);
    (void)cell_median(column, estimate, out, size);
    size_t used = strlen(out);
    if (estimate->unavailable && !isnan(bound.value)) {
        const char *sign = utf8 ? (bound.least ? "≥" : "≤") : (bound.least ? ">=" : "<=");
        char value[NUMBER_TEXT_MAX];
        (void)snprintf(out, size, "%s%s", sign,
                       number_format(bound.value / column->unit, value, sizeof value));
    } else if (column->interval && isfinite(half) && half > 0) {
        char value[NUMBER_TEXT_MAX];
        (void)snprintf(out + used, size - used, " %s%s", utf8 ? "±" : "+-",
                       number_format(half, value, sizeof value));
    }
    return out;
}

const char *cell_range(const struct column *column, const struct estimate *estimate, bool utf8,
                       char *out, size_t size)
{
    char low[NUMBER_TEXT_MAX], high[NUMBER_TEXT_MAX];
    (void)number_format(estimate->min / column->unit, low, sizeof low);
    (void)number_format(estimate->max / column->unit, high, sizeof high);
    const char *dash = utf8 ? "\u2013" : "-";
    if (low[0] == '-' || high[0] == '-')
        dash = "..";
    if (strcmp(low, high) == 0)
        (void)snprintf(out, size, "%s", low);
    else
        (void)snprintf(out, size, "%s%s%s", low, dash, high);
    return out;
}

const char *cell_verdict(const struct result_row *row, size_t role, char *out, size_t size)
{
    const struct verdict_vote *vote = &row->subjects[role].verdict;
    char agreement[64] = "";
    if (row->valid == 0) {
        (void)snprintf(out, size, "n/a");
        return out;
    }
    if (vote->votes < vote->blocks && vote->kind != VERDICT_INCONCLUSIVE)
        (void)snprintf(agreement, sizeof agreement, ", %zu of %zu", vote->votes, vote->blocks);
    if (vote->confidence == CONFIDENCE_NONE)
        (void)snprintf(out, size, "%s%s", verdict_names[vote->kind], agreement);
    else
        (void)snprintf(out, size, "%s, %s%s", verdict_names[vote->kind],
                       confidence_names[vote->confidence], agreement);
    return out;
}

const char *cell_valid_trials(const struct result *result, const struct result_workload *workload,
                              char *out, size_t size)
{
    size_t valid = 0;
    for (size_t i = 0; i < workload->row_count; i++)
        valid += workload->rows[i].valid;
    (void)snprintf(out, size, "%zu of %zu", valid,
                   workload->row_count * (size_t)result->stored->run.blocks);
    return out;
}

bool cell_spreads(const struct estimate *estimate)
{
    return estimate->max - estimate->min > COLUMN_SPREAD * fabs(estimate->median);
}

double curve_top(const struct result_workload *workload)
{
    double top = 0;
    for (size_t i = 0; i < workload->row_count; i++)
        for (size_t point = 0; point < RESULT_CURVE_POINTS; point++)
            top =
                fmax(top, workload->rows[i].subjects[RECORD_PRIMARY].rss_anon_curve.median[point]);
    return top;
}
