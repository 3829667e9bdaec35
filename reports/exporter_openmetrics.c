/*
 * OpenMetrics text that the older Prometheus parsers and GitLab's metrics report read as well:
 * gauges alone, base units as suffix, `# EOF` last. Medians, to three digits: GitLab compares them
 * as text, and the digits behind differ in every run.
 */
#include <math.h>
#include <string.h>

#include "escape.h"
#include "exporter.h"

enum { NAME_SIZE = 128 };

static void write_family(const struct result *result, const struct metric *metric, FILE *out);
static void write_replays(const struct result *result, FILE *out);

static void write_openmetrics(const struct result *result, FILE *out,
                              const struct text_style *style)
{
    (void)style;
    for (size_t id = 0; id < METRIC_COUNT; id++)
        write_family(result, &metrics[id], out);
    write_replays(result, out);
    (void)fputs("# EOF\n", out);
}

const struct exporter exporter_openmetrics = {
    .name = "openmetrics",
    .file = "metrics.txt",
    .summary = "OpenMetrics gauges, for Prometheus and GitLab",
    .write = write_openmetrics,
};

/* "heapchurn_join_p99_seconds": times are in seconds here. Returns the unit, or "". */
static const char *name_of(const struct metric *metric, char *out, size_t size)
{
    static const char nanoseconds[] = "_ns";
    size_t length = strlen(metric->key);
    if (metric->unit == UNIT_NS) {
        length -= strlen(nanoseconds);
        (void)snprintf(out, size, "heapchurn_%.*s_seconds", (int)length, metric->key);
        return "seconds";
    }
    (void)snprintf(out, size, "heapchurn_%s", metric->key);
    return metric->unit == UNIT_BYTES ? "bytes" : "";
}

/* Three significant digits, never in powers of ten. */
static void put_value(FILE *out, double value)
{
    double magnitude = value == 0 ? 0 : floor(log10(fabs(value)));
    double step = pow(10, magnitude - 2);
    int decimals = magnitude < 2 ? 2 - (int)magnitude : 0;
    (void)fprintf(out, "%.*f", decimals, step >= 1 ? round(value / step) * step : value);
}

static void put_label(FILE *out, const char *name, const char *value)
{
    (void)fprintf(out, "%s=\"", name);
    escape_put(out, ESCAPE_OPENMETRICS, value);
    (void)fputc('"', out);
}

static void write_sample(const char *name, const struct result_workload *workload,
                         const struct result_row *row, const char *subject, double value, FILE *out)
{
    (void)fprintf(out, "%s{", name);
    put_label(out, "workload", workload->workload->name);
    put_label(out, ",row", row->row->name);
    put_label(out, ",subject", subject);
    (void)fputs("} ", out);
    put_value(out, value);
    (void)fputc('\n', out);
}

static void write_family(const struct result *result, const struct metric *metric, FILE *out)
{
    char name[NAME_SIZE];
    const char *unit = name_of(metric, name, sizeof name);
    size_t id = (size_t)(metric - metrics), written = 0;
    for (size_t w = 0; w < result->workload_count; w++) {
        const struct result_workload *workload = &result->workloads[w];
        for (size_t i = 0; i < workload->row_count * workload->subject_count; i++) {
            const struct result_row *row = &workload->rows[i / workload->subject_count];
            const struct result_subject *subject = &row->subjects[i % workload->subject_count];
            const struct estimate *estimate = &subject->metric[id];
            if (estimate->unavailable)
                continue;
            if (written++ == 0) {
                (void)fprintf(out, "# HELP %s Median over blocks of the %s.\n# TYPE %s gauge\n",
                              name, metric->title, name);
                if (*unit)
                    (void)fprintf(out, "# UNIT %s %s\n", name, unit);
            }
            write_sample(name, workload, row, subject->name,
                         metric->unit == UNIT_NS ? estimate->median / 1e9 : estimate->median, out);
        }
    }
}

/* How near each replay comes to its program; its rows are not to be ranked unless it is "good". */
static void write_replays(const struct result *result, FILE *out)
{
    static const char name[] = "heapchurn_replay_error_ratio";
    size_t written = 0;
    for (size_t w = 0; w < result->workload_count; w++) {
        const struct result_workload *workload = &result->workloads[w];
        if (!workload->replay.is_trace)
            continue;
        if (written++ == 0)
            (void)fprintf(out,
                          "# HELP %s Largest error of a replay; rows are ranked by a good one "
                          "alone.\n# TYPE %s gauge\n# UNIT %s ratio\n",
                          name, name, name);
        (void)fprintf(out, "%s{", name);
        put_label(out, "workload", workload->workload->name);
        put_label(out, ",grade", replay_grade_names[workload->replay.grade]);
        (void)fputs("} ", out);
        if (isnan(workload->replay.error))
            (void)fputs("NaN", out); /* nothing was held against it */
        else
            put_value(out, workload->replay.error);
        (void)fputc('\n', out);
    }
}
