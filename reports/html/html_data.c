/*
 * The curves as JSON:
 *
 *     {"workloads": [{"name", "cycles", "unit",
 *        "rows": [{"name",
 *           "trials": [{"block", "ends": [ms of each phase's end], "less": [KiB at each],
 *                       "cycle": […], "ms": […], "anon": […], "file": [[index, KiB], …]}],
 *           "layers": {"block", "ends", "position", "ms", "told": [1, 0, …], "kib": [[…], …]}}]}]}
 *
 * Lists of numbers hold the first one and then differences: one running sum decodes them. Memory is
 * in KiB; "position" (curves.h) in units of 1e-5. File pages hardly ever change, so only their
 * changes are there. "less" is RSS less LazyFree, which is known at the ends of phases only; null
 * where it is not.
 *
 * Of a long curve, least and greatest of each stretch are kept. A page has DATA_POINTS in all, so
 * that ten blocks of five rows stay below a megabyte, and no curve more than DATA_CURVE_POINTS.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "curves.h"
#include "html.h"
#include "layers.h"

enum { DATA_POINTS = 80000, DATA_CURVE_POINTS = 2000, DATA_CURVE_LEAST = 40 };

static void put_string(FILE *out, const char *text)
{
    (void)fputc('"', out);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || strchr("\"\\<>&", byte) || byte == 0x7f)
            (void)fprintf(out, "\\u%04x", byte);
        else
            (void)fputc(byte, out);
    }
    (void)fputc('"', out);
}

/* Writes a list of numbers as differences. */
struct list {
    FILE *out;
    int64_t last;
    bool begun;
};

static struct list list_open(FILE *out, const char *name)
{
    (void)fprintf(out, "\"%s\":[", name);
    return (struct list){.out = out};
}

static void list_add(struct list *list, int64_t value)
{
    (void)fprintf(list->out, "%s%" PRId64, list->begun ? "," : "", value - list->last);
    list->last = value;
    list->begun = true;
}

static void put_ends(FILE *out, const struct record *record)
{
    (void)fputs("\"ends\":[", out);
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        int64_t end_ns = record->phase_end_ns[phase];
        (void)fprintf(out, "%s%" PRId64, phase ? "," : "", end_ns < 0 ? 0 : end_ns / 1000000);
    }
    (void)fputs("],", out);
}

static void put_less(FILE *out, const struct record_role *subject)
{
    (void)fputs("\"less\":[", out);
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        const struct record_snapshot *end = &subject->snapshot[phase];
        (void)fputs(phase ? "," : "", out);
        if (end->taken && end->rss_bytes >= 0 && end->lazy_free_bytes >= 0)
            (void)fprintf(out, "%" PRId64, (end->rss_bytes - end->lazy_free_bytes) / 1024);
        else
            (void)fputs("null", out);
    }
    (void)fputs("],", out);
}

/* The samples of one curve that are shown. */
struct chosen {
    const struct record_sample **samples;
    size_t count;
};

static void choose(const struct record *record, size_t role, size_t most, struct chosen *out)
{
    const struct record_sample **all = calloc(record->sample_count + 1, sizeof(void *));
    size_t count = 0, kept = 0;
    if (!all)
        abort();
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (curves_shows(record, role, sample))
            all[count++] = sample;
    }
    size_t buckets = count <= most ? count : most / 2;
    for (size_t bucket = 0; bucket < buckets; bucket++) {
        size_t from = bucket * count / buckets, to = (bucket + 1) * count / buckets;
        size_t least = from, greatest = from;
        for (size_t i = from; i < to; i++) {
            least = all[i]->rss_anon_bytes < all[least]->rss_anon_bytes ? i : least;
            greatest = all[i]->rss_anon_bytes > all[greatest]->rss_anon_bytes ? i : greatest;
        }
        size_t first = least < greatest ? least : greatest;
        size_t second = least < greatest ? greatest : least;
        all[kept++] = all[first];
        if (second != first)
            all[kept++] = all[second];
    }
    *out = (struct chosen){.samples = all, .count = kept};
}

static int64_t file_kib(const struct record_sample *sample)
{
    return sample->rss_bytes / 1024 - sample->rss_anon_bytes / 1024;
}

static void put_trial(FILE *out, const struct record *record, size_t role, size_t most)
{
    struct chosen chosen;
    choose(record, role, most, &chosen);
    (void)fprintf(out, "{\"block\":%" PRId64 ",", record->block);
    put_ends(out, record);
    put_less(out, &record->roles[role]);
    struct list list = list_open(out, "cycle");
    for (size_t i = 0; i < chosen.count; i++)
        list_add(&list, chosen.samples[i]->cycle);
    (void)fputs("],", out);
    list = list_open(out, "ms");
    for (size_t i = 0; i < chosen.count; i++)
        list_add(&list, chosen.samples[i]->elapsed_ns / 1000000);
    (void)fputs("],", out);
    list = list_open(out, "anon");
    for (size_t i = 0; i < chosen.count; i++)
        list_add(&list, chosen.samples[i]->rss_anon_bytes / 1024);
    (void)fputs("],\"file\":[", out);
    for (size_t i = 0; i < chosen.count; i++)
        if (i == 0 || file_kib(chosen.samples[i]) != file_kib(chosen.samples[i - 1]))
            (void)fprintf(out, "%s[%zu,%" PRId64 "]", i ? "," : "", i, file_kib(chosen.samples[i]));
    (void)fputs("]}", out);
    free(chosen.samples);
}

static void put_layers(FILE *out, const struct result_row *row, size_t role)
{
    AUTO(layers) struct layers layers;
    layers_build(row, role, &layers);
    if (!layers.record) {
        (void)fputs("null", out);
        return;
    }
    (void)fprintf(out, "{\"block\":%" PRId64 ",", layers.record->block);
    put_ends(out, layers.record);
    size_t stride = layers.count / DATA_CURVE_POINTS + 1;
    struct list list = list_open(out, "position");
    for (size_t i = 0; i < layers.count; i += stride)
        list_add(&list, (int64_t)(layers.position[i] * 100000));
    (void)fputs("],", out);
    list = list_open(out, "ms");
    for (size_t i = 0; i < layers.count; i += stride)
        list_add(&list, (int64_t)(layers.seconds[i] * 1000));
    (void)fputs("],\"told\":[", out);
    for (int layer = 0; layer < LAYER_COUNT; layer++)
        (void)fprintf(out, "%s%d", layer ? "," : "", layers.told[layer]);
    (void)fputs("],\"kib\":[", out);
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        (void)fputs(layer ? ",[" : "[", out);
        list = (struct list){.out = out};
        for (size_t i = 0; i < layers.count; i += stride)
            list_add(&list, (int64_t)(layers.bytes[layer][i] / 1024));
        (void)fputc(']', out);
    }
    (void)fputs("]}", out);
}

static size_t points_per_curve(const struct result *result)
{
    size_t trials = 0;
    for (size_t i = 0; i < result->workload_count; i++)
        for (size_t r = 0; r < result->workloads[i].row_count; r++)
            trials += result->workloads[i].rows[r].valid;
    size_t share = trials ? DATA_POINTS / trials : DATA_CURVE_POINTS;
    if (share < DATA_CURVE_LEAST)
        return DATA_CURVE_LEAST;
    return share < DATA_CURVE_POINTS ? share : DATA_CURVE_POINTS;
}

void html_data(FILE *out, const struct result *result)
{
    size_t most = points_per_curve(result);
    (void)fputs("{\"workloads\":[", out);
    for (size_t i = 0; i < result->workload_count; i++) {
        const struct result_workload *workload = &result->workloads[i];
        (void)fprintf(out, "%s{\"name\":", i ? "," : "");
        put_string(out, workload->workload->name);
        (void)fprintf(out,
                      ",\"cycles\":%" PRId64 ",\"unit\":", workload_cycles(workload->workload));
        put_string(out, workload_cycle_unit(workload->workload));
        (void)fputs(",\"rows\":[", out);
        for (size_t r = 0; r < workload->row_count; r++) {
            const struct result_row *row = &workload->rows[r];
            (void)fprintf(out, "%s{\"name\":", r ? ",\n" : "\n");
            put_string(out, row->row->name);
            (void)fputs(",\"trials\":[", out);
            for (size_t block = 0; block < row->valid; block++) {
                (void)fputs(block ? "," : "", out);
                put_trial(out, row->records[block], RECORD_PRIMARY, most);
            }
            (void)fputs("],\"layers\":", out);
            put_layers(out, row, RECORD_PRIMARY);
            (void)fputc('}', out);
        }
        (void)fputs("]}", out);
    }
    (void)fputs("]}\n", out);
}
