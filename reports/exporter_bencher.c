/* Bencher Metric Format: { benchmark: { measure: { value, lower_value, upper_value } } }; a measure
 * is a slug of at most 64 characters. Nothing else can be said of a value, so that of a replay its
 * error stands beside them, to be given a threshold, and of one that is refused it stands alone. */
#include <math.h>
#include <string.h>

#include "ci_numbers.h"
#include "exporter.h"
#include "json_build.h"

enum { NAME_MAX_LENGTH = 256 };

static json_t *benchmark_of(json_t *document, const struct result_workload *workload,
                            const struct result_row *row)
{
    char name[NAME_MAX_LENGTH];
    (void)snprintf(name, sizeof name, "%s/%s", workload->workload->name, row->row->name);
    json_t *benchmark = json_object_get(document, name);
    if (!benchmark) {
        benchmark = json_build(json_object());
        json_build_put(document, name, benchmark);
    }
    return benchmark;
}

static void put_replay_error(json_t *document, const struct result_workload *workload)
{
    if (!workload->replay.is_trace || isnan(workload->replay.error))
        return;
    for (size_t i = 0; i < workload->row_count; i++) {
        json_t *value = json_build(json_object());
        json_build_put(value, "value", json_build_number(workload->replay.error));
        json_build_put(benchmark_of(document, workload, &workload->rows[i]), "replay-error", value);
    }
}

static void write_bencher(const struct result *result, FILE *out, const struct text_style *style)
{
    struct ci_number number;
    json_t *document = json_build(json_object());
    (void)style;
    for (size_t cursor = 0; ci_numbers_next(result, &cursor, &number);) {
        char measure[NAME_MAX_LENGTH];
        if (number.workload->replay.is_trace && number.workload->replay.grade == REPLAY_REFUSED)
            continue;
        (void)snprintf(measure, sizeof measure, "%s-%s", number.subject, number.metric->key);
        for (char *letter = strchr(measure, '_'); letter; letter = strchr(letter, '_'))
            *letter = '-';
        json_t *value = json_build(json_object());
        json_build_put(value, "value", json_build_number(number.estimate->median));
        if (number.estimate->count > 1) { /* of one block the spread is not known */
            json_build_put(value, "lower_value", json_build_number(number.estimate->min));
            json_build_put(value, "upper_value", json_build_number(number.estimate->max));
        }
        json_build_put(benchmark_of(document, number.workload, number.row), measure, value);
    }
    for (size_t i = 0; i < result->workload_count; i++)
        put_replay_error(document, &result->workloads[i]);
    (void)json_dumpf(document, out, JSON_INDENT(1));
    (void)fputc('\n', out);
    json_decref(document);
}

const struct exporter exporter_bencher = {
    .name = "bencher",
    .file = "bencher.json",
    .summary = "Bencher Metric Format, for bencher run --adapter json",
    .write = write_bencher,
};
