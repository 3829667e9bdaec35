#include <math.h>
#include <string.h>

#include "cleanup.h"
#include "comparable.h"
#include "gate_parts.h"
#include "metric_text.h"
#include "order.h"
#include "row_words.h"

static void gate_ceiling(const struct ceiling *ceiling, const struct result_row *row,
                         struct gate_report *report);
static void gate_uncovered(const struct gate_request *request, struct gate_report *report);

void gate_ceilings(const struct gate_request *request, struct gate_report *report)
{
    for (size_t i = 0; i < request->ceilings->count; i++) {
        const struct ceiling *ceiling = &request->ceilings->items[i];
        gate_ceiling(ceiling, comparable_row(request->result, ceiling->workload, ceiling->row),
                     report);
    }
    gate_uncovered(request, report);
}

/* Peaks are extreme values, and times depend on who else is on the machine. */
static bool only_warns(enum metric_id metric)
{
    return metric == METRIC_RSS_PEAK || metric == METRIC_RSS_ANON_PEAK ||
           metrics[metric].unit == UNIT_NS;
}

struct count_over {
    size_t told, over;
};

static struct count_over count_over(const struct estimate *estimate, double at_most)
{
    struct count_over count = {.told = 0};
    for (size_t i = 0; i < estimate->count; i++) {
        count.told += isnan(estimate->values[i]) ? 0 : 1;
        count.over += estimate->values[i] > at_most;
    }
    return count;
}

/* Of what a ceiling on RSS looks at: live, kept, outside (or kept and outside together). */
static const enum metric_id levels_of[] = {METRIC_LIVE_RESIDENT_END, METRIC_KEPT_END,
                                           METRIC_OUTSIDE_END, METRIC_NOT_LIVE_END};
static const enum metric_id growths_of[] = {METRIC_LIVE_PER_CYCLE, METRIC_KEPT_PER_CYCLE,
                                            METRIC_OUTSIDE_PER_CYCLE, METRIC_NOT_LIVE_PER_CYCLE};

/* ": live 9 MiB, kept 11 MiB, outside 6 MiB", where the ceiling is on all of it. */
static const char *say_whose(const struct result_subject *subject, enum metric_id id, char *out,
                             size_t size)
{
    static const char *const names[] = {"live", "kept", "outside", "not live"};
    const enum metric_id *parts = id == METRIC_RSS_ANON_PER_CYCLE ? growths_of : levels_of;
    bool told = !isnan(subject->metric[parts[1]].median);
    size_t used = 0;
    *out = '\0';
    if (strncmp(metrics[id].key, "rss_", 4) != 0)
        return out;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char value[METRIC_TEXT_MAX];
        double median = subject->metric[parts[i]].median;
        if (isnan(median) || used >= size || (i == ARRAY_LENGTH(names) - 1 && told))
            continue;
        used += (size_t)snprintf(out + used, size - used, "%s%s %s", used ? ", " : ": ", names[i],
                                 metric_text(&metrics[parts[i]], median, value, sizeof value));
    }
    return out;
}

static void gate_ceiling(const struct ceiling *ceiling, const struct result_row *row,
                         struct gate_report *report)
{
    const struct metric *metric = &metrics[ceiling->metric];
    const struct result_subject *subject = row_subject(row, ceiling->subject);
    const struct estimate *estimate = &subject->metric[ceiling->metric];
    char whose[256];
    struct count_over count = count_over(estimate, ceiling->at_most);
    struct gate_line line = {.kind = GATE_CEILING,
                             .workload = ceiling->workload,
                             .row = ceiling->row,
                             .subject = ceiling->subject,
                             .metric = metric,
                             .file_line = ceiling->line};
    char median[METRIC_TEXT_MAX], least[METRIC_TEXT_MAX], most[METRIC_TEXT_MAX], range[256];
    (void)metric_text(metric, estimate->median, median, sizeof median);
    (void)snprintf(range, sizeof range, "median %s (%zu blocks, %s to %s)", median, count.told,
                   metric_text(metric, estimate->min, least, sizeof least),
                   metric_text(metric, estimate->max, most, sizeof most));
    if (count.told == 0) {
        line.status = GATE_UNDECIDED;
        gate_add(report, line, "not available: %s",
                 estimate->unavailable ? estimate->unavailable : "no number");
    } else if (count.told < GATE_BLOCKS) {
        line.status = GATE_UNDECIDED;
        gate_add(report, line, "%s: %d blocks are needed", range, GATE_BLOCKS);
    } else if (estimate->median <= ceiling->at_most) {
        gate_add(report, line, "%s, at most %s", range, ceiling->at_most_as_written);
    } else if (only_warns(ceiling->metric)) {
        line.status = GATE_WARN;
        gate_add(report, line, "%s, over the ceiling of %s (%s only warns)%s", range,
                 ceiling->at_most_as_written, metric->unit == UNIT_NS ? "a time" : "a peak",
                 say_whose(subject, ceiling->metric, whose, sizeof whose));
    } else if (count.told < GATE_DECIDING_BLOCKS) {
        line.status = GATE_UNDECIDED;
        line.wish = WISH_BLOCKS;
        gate_add(report, line, "%s, over the ceiling of %s%s; %d blocks decide (--rerun)", range,
                 ceiling->at_most_as_written,
                 say_whose(subject, ceiling->metric, whose, sizeof whose), GATE_DECIDING_BLOCKS);
    } else {
        bool most_are_over = 3 * count.over >= 2 * count.told;
        line.status = most_are_over ? GATE_FAIL : GATE_WARN;
        gate_add(report, line, "%s, over the ceiling of %s in %zu of %zu blocks%s%s", range,
                 ceiling->at_most_as_written, count.over, count.told,
                 most_are_over ? "" : ", which is less than two thirds of them",
                 say_whose(subject, ceiling->metric, whose, sizeof whose));
    }
}

static bool is_covered(const struct ceilings *ceilings, const char *workload, const char *row)
{
    for (size_t i = 0; i < ceilings->count; i++)
        if (strcmp(ceilings->items[i].workload, workload) == 0 &&
            strcmp(ceilings->items[i].row, row) == 0)
            return true;
    return false;
}

/* A row that was run and has no ceiling is not checked: say so. */
static void gate_uncovered(const struct gate_request *request, struct gate_report *report)
{
    for (size_t w = 0; w < request->result->workload_count; w++) {
        const struct result_workload *workload = &request->result->workloads[w];
        for (size_t r = 0; r < workload->row_count; r++) {
            const char *row = workload->rows[r].row->name;
            if (is_covered(request->ceilings, workload->workload->name, row))
                continue;
            gate_add(report,
                     (struct gate_line){.kind = GATE_CEILING,
                                        .status = GATE_WARN,
                                        .workload = workload->workload->name,
                                        .row = row},
                     "%s has no ceiling for it", request->ceilings->path);
        }
    }
}
