/* Bencher Metric Format: { benchmark: { measure: { value, lower_value, upper_value } } }; a measure
 * is a slug of at most 64 characters. */
#include <string.h>

#include "ci_numbers.h"
#include "exporter.h"
#include "json_build.h"

enum { NAME_MAX_LENGTH = 256 };

static json_t *benchmark_of(json_t *document, const struct ci_number *number)
{
    char name[NAME_MAX_LENGTH];
    (void)snprintf(name, sizeof name, "%s/%s", number->workload->workload->name,
                   number->row->row->name);
    json_t *benchmark = json_object_get(document, name);
    if (!benchmark) {
        benchmark = json_build(json_object());
        json_build_put(document, name, benchmark);
    }
    return benchmark;
}

static void write_bencher(const struct result *result, FILE *out, const struct text_style *style)
{
    struct ci_number number;
    json_t *document = json_build(json_object());
    (void)style;
    for (size_t cursor = 0; ci_numbers_next(result, &cursor, &number);) {
        char measure[NAME_MAX_LENGTH];
        (void)snprintf(measure, sizeof measure, "%s-%s", number.subject, number.metric->key);
        for (char *letter = strchr(measure, '_'); letter; letter = strchr(letter, '_'))
            *letter = '-';
        json_t *value = json_build(json_object());
        json_build_put(value, "value", json_build_number(number.estimate->median));
        if (number.estimate->count > 1) { /* of one block the spread is not known */
            json_build_put(value, "lower_value", json_build_number(number.estimate->min));
            json_build_put(value, "upper_value", json_build_number(number.estimate->max));
        }
        json_build_put(benchmark_of(document, &number), measure, value);
    }
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
