#include <fnmatch.h>
#include <math.h>
#include <string.h>

#include "cleanup.h"
#include "comparable.h"
#include "gate_parts.h"
#include "metric_text.h"
#include "order.h"
#include "row_words.h"
#include "scratch.h"

static void gate_ceiling(const struct ceiling *ceiling, const struct result_workload *workload,
                         const struct result_row *row, struct gate_report *report);
static void gate_uncovered(const struct gate_request *request, struct gate_report *report);

void gate_ceilings(const struct gate_request *request, struct gate_report *report)
{
    for (size_t i = 0; i < request->ceilings->count; i++) {
        const struct ceiling *ceiling = &request->ceilings->items[i];
        gate_ceiling(ceiling, comparable_workload(request->result, ceiling->workload),
                     comparable_row(request->result, ceiling->workload, ceiling->row), report);
    }
    gate_uncovered(request, report);
}

/* Peaks are extreme values, and times depend on who else is on the machine. */
static bool only_warns(enum metric_id metric)
{
    return metric == METRIC_RSS_PEAK || metric == METRIC_RSS_ANON_PEAK ||
           metrics[metric].unit == UNIT_NS;
}

/* The blocks that a ceiling is about. */
struct ceiling_blocks {
    double median, min, max;
    size_t told, over;
    size_t hosts, hosts_over; /* with a number, and with a median above the ceiling */
    char worst[64];           /* a host of those */
};

/* "": all. */
static const char *hosts_of(const struct ceiling *ceiling)
{
    return ceiling->host ? ceiling->host : "";
}

static bool is_about(const struct ceiling *ceiling, const struct measured_hosts *hosts, size_t host)
{
    return !*hosts_of(ceiling) || fnmatch(ceiling->host, measured_hosts_name(hosts, host), 0) == 0;
}

static void look_at_host(const struct ceiling *ceiling, const struct measured_hosts *hosts,
                         size_t host, const double *values, size_t count,
                         struct ceiling_blocks *out)
{
    double median = order_median(values, count);
    if (isnan(median))
        return;
    out->hosts++;
    if (median <= ceiling->at_most)
        return;
    out->hosts_over++;
    (void)snprintf(out->worst, sizeof out->worst, "%s", measured_hosts_name(hosts, host));
}

/* `estimate` has one value per record of the row, or is of one pass, without a host. */
static void look_at(const struct ceiling *ceiling, const struct result_workload *workload,
                    const struct result_row *row, const struct estimate *estimate,
                    struct ceiling_blocks *out)
{
    const struct measured_hosts *hosts = &workload->hosts;
    bool by_block = estimate->count == row->valid && hosts->count > 0;
    AUTO_FREE double *values = scratch_doubles(estimate->count);
    AUTO_FREE double *of_host = scratch_doubles(estimate->count);
    size_t count = 0;
    *out = (struct ceiling_blocks){.min = NAN, .max = NAN};
    for (size_t i = 0; i < estimate->count; i++) {
        double value = estimate->values[i];
        if (by_block && !is_about(ceiling, hosts, measured_hosts_of(hosts, row->records[i])))
            continue;
        values[count++] = value;
        out->told += isnan(value) ? 0 : 1;
        out->over += value > ceiling->at_most;
        out->min = fmin(out->min, value);
        out->max = fmax(out->max, value);
    }
    out->median = order_median(values, count);
    for (size_t h = 0; by_block && hosts->count > 1 && h < hosts->count; h++) {
        size_t here = 0;
        for (size_t i = 0; i < estimate->count; i++)
            if (measured_hosts_of(hosts, row->records[i]) == h && is_about(ceiling, hosts, h))
                of_host[here++] = estimate->values[i];
        look_at_host(ceiling, hosts, h, of_host, here, out);
    }
}

/* After the ceiling: " on 3 of 3 hosts", "; over it on 1 of 3 hosts (n3)"; of one nothing. */
static const char *say_hosts(const struct ceiling_blocks *blocks, char *out, size_t size)
{
    *out = '\0';
    if (blocks->hosts > 1 && blocks->hosts_over == 0)
        (void)snprintf(out, size, " on %zu of %zu hosts", blocks->hosts, blocks->hosts);
    else if (blocks->hosts > 1)
        (void)snprintf(out, size, "; over it on %zu of %zu hosts%s%s%s", blocks->hosts_over,
                       blocks->hosts, blocks->hosts_over == 1 ? " (" : "",
                       blocks->hosts_over == 1 ? blocks->worst : "",
                       blocks->hosts_over == 1 ? ")" : "");
    return out;
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

static void gate_ceiling(const struct ceiling *ceiling, const struct result_workload *workload,
                         const struct result_row *row, struct gate_report *report)
{
    const struct metric *metric = &metrics[ceiling->metric];
    const struct result_subject *subject = row_subject(row, ceiling->subject);
    const struct estimate *estimate = &subject->metric[ceiling->metric];
    struct ceiling_blocks blocks;
    struct gate_line line = {.kind = GATE_CEILING,
                             .workload = ceiling->workload,
                             .row = ceiling->row,
                             .subject = ceiling->subject,
                             .metric = metric,
                             .file_line = ceiling->line};
    char median[METRIC_TEXT_MAX], least[METRIC_TEXT_MAX], most[METRIC_TEXT_MAX];
    char whose[256], hosts[160], range[384];
    const char *doubt;
    look_at(ceiling, workload, row, estimate, &blocks);
    (void)metric_text(metric, blocks.median, median, sizeof median);
    (void)snprintf(range, sizeof range, "median %s (%zu blocks%s%s, %s to %s)", median, blocks.told,
                   *hosts_of(ceiling) ? " on " : "", hosts_of(ceiling),
                   metric_text(metric, blocks.min, least, sizeof least),
                   metric_text(metric, blocks.max, most, sizeof most));
    (void)say_hosts(&blocks, hosts, sizeof hosts);
    (void)say_whose(subject, ceiling->metric, whose, sizeof whose);
    if (blocks.told == 0 && *hosts_of(ceiling)) {
        line.status = GATE_WARN;
        gate_add(report, line, "not checked: nothing was measured on a host called '%s'",
                 ceiling->host);
    } else if (blocks.told == 0) {
        line.status = GATE_UNDECIDED;
        gate_add(report, line, "not available: %s",
                 estimate->unavailable ? estimate->unavailable : "no number");
    } else if (blocks.told < GATE_BLOCKS) {
        line.status = GATE_UNDECIDED;
        gate_add(report, line, "%s: %d blocks are needed", range, GATE_BLOCKS);
    } else if (blocks.median <= ceiling->at_most) {
        line.status = blocks.hosts_over > 0 ? GATE_WARN : GATE_PASS;
        gate_add(report, line, "%s, at most %s%s", range, ceiling->at_most_as_written, hosts);
    } else if (only_warns(ceiling->metric)) {
        line.status = GATE_WARN;
        gate_add(report, line, "%s, over the ceiling of %s (%s only warns)%s", range,
                 ceiling->at_most_as_written, metric->unit == UNIT_NS ? "a time" : "a peak", whose);
    } else if ((doubt = gate_replay_doubt(&workload->replay, ceiling->metric,
                                          blocks.median / ceiling->at_most, &line.status))) {
        gate_add(report, line, "%s, over the ceiling of %s, but %s", range,
                 ceiling->at_most_as_written, doubt);
    } else if (blocks.told < GATE_DECIDING_BLOCKS) {
        line.status = GATE_UNDECIDED;
        line.wish = WISH_BLOCKS;
        gate_add(report, line, "%s, over the ceiling of %s%s%s; %d blocks decide (--rerun)", range,
                 ceiling->at_most_as_written, hosts, whose, GATE_DECIDING_BLOCKS);
    } else {
        bool most_are_over = 3 * blocks.over >= 2 * blocks.told;
        line.status = most_are_over ? GATE_FAIL : GATE_WARN;
        gate_add(report, line, "%s, over the ceiling of %s in %zu of %zu blocks%s%s%s", range,
                 ceiling->at_most_as_written, blocks.over, blocks.told,
                 most_are_over ? "" : ", which is less than two thirds of them", hosts, whose);
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
