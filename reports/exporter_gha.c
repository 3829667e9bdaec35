/* JSON of github-action-benchmark, tool customSmallerIsBetter: [{name, unit, value, range, extra}].
 * The action takes an empty list for an error, which is what a run without a valid trial is. */
#include <math.h>
#include <string.h>

#include "ci_numbers.h"
#include "exporter.h"
#include "json_build.h"

enum { TEXT_SIZE = 256 };

/* A value of a replay says how near that comes to its program. */
static void add_replay(const struct replay_check *check, char *text, size_t size)
{
    size_t used = strlen(text);
    if (check->is_trace)
        (void)snprintf(text + used, size - used, "; of a replay, %s",
                       replay_grade_names[check->grade]);
}

static void write_gha(const struct result *result, FILE *out, const struct text_style *style)
{
    struct ci_number number;
    json_t *document = json_build(json_array());
    (void)style;
    for (size_t cursor = 0; ci_numbers_next(result, &cursor, &number);) {
        const struct estimate *estimate = number.estimate;
        bool bytes = number.metric->unit == UNIT_BYTES;
        double unit = bytes ? 1048576 : 1e6;
        char text[TEXT_SIZE];
        json_t *entry = json_build(json_object());
        (void)snprintf(text, sizeof text, "%s/%s %s: %s", number.workload->workload->name,
                       number.row->row->name, number.subject, number.metric->title);
        json_build_put(entry, "name", json_build_text(text));
        json_build_put(entry, "unit", json_build_text(bytes ? "MiB" : "ms"));
        json_build_put(entry, "value", json_build_number(estimate->median / unit));
        if (estimate->count > 1) {
            double spread =
                fmax(estimate->max - estimate->median, estimate->median - estimate->min);
            (void)snprintf(text, sizeof text, "± %.3g", spread / unit);
            json_build_put(entry, "range", json_build_text(text));
            (void)snprintf(text, sizeof text, "%zu blocks, %.3g to %.3g", estimate->count,
                           estimate->min / unit, estimate->max / unit);
        }
        if (estimate->count < 2)
            (void)snprintf(text, sizeof text, "one block, of unknown spread");
        add_replay(&number.workload->replay, text, sizeof text);
        json_build_put(entry, "extra", json_build_text(text));
        json_build_push(document, entry);
    }
    (void)json_dumpf(document, out, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    (void)fputc('\n', out);
    json_decref(document);
}

const struct exporter exporter_gha = {
    .name = "gha",
    .file = "benchmark.json",
    .summary = "github-action-benchmark, tool customSmallerIsBetter",
    .write = write_gha,
};
