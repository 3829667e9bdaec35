/*
 * The curves as JSON:
 *
 *     {"workloads": [{"name", "cycles", "unit", "hosts": ["n1", …],
 *        "rows": [{"name",
 *           "trials": [{"block", "host": index, "ends": [ms of each phase's end],
 *                       "less": [KiB at each], "cycle": […], "ms": […], "anon": […],
 *                       "file": [[index, KiB], …]}],
 *           "layers": {"block", "ends", "position", "ms", "told": [1, 0, …], "kib": [[…], …],
 *                      "huge": […]}}]}]}
 *
 * Lists of numbers hold the first one and then differences: one running sum decodes them. Memory is
 * in KiB; "position" (curves.h) in units of 1e-5. File pages hardly ever change, so only their
 * changes are there. "less" is RSS less LazyFree, which is known at the ends of phases only; null
 * where it is not.
 *
 * Of a long curve, least and greatest of each stretch are kept. A page has DATA_POINTS in all, so
 * that ten blocks of five rows stay below a megabyte, and no curve more than DATA_CURVE_POINTS. Of
 * more blocks than that leaves DATA_CURVE_LEAST points for, every so many'th is there.
 */
#include <assert.h>
#include <stdlib.h>

#include "curves.h"
#include "html.h"
#include "json_build.h"
#include "layers.h"

enum { DATA_POINTS = 80000, DATA_CURVE_POINTS = 2000, DATA_CURVE_LEAST = 40 };

/* A list of numbers as differences. */
struct list {
    json_t *json;
    int64_t last;
};

static struct list list_open(json_t *object, const char *name)
{
    struct list list = {.json = json_build(json_array())};
    json_build_put(object, name, list.json);
    return list;
}

static void list_add(struct list *list, int64_t value)
{
    json_build_push(list->json, json_integer(value - list->last));
    list->last = value;
}

static json_t *json_of_ends(const struct record *record)
{
    json_t *ends = json_build(json_array());
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        int64_t end_ns = record->phase_end_ns[phase];
        json_build_push(ends, json_integer(end_ns < 0 ? 0 : end_ns / 1000000));
    }
    return ends;
}

static json_t *json_of_less(const struct record_role *subject)
{
    json_t *less = json_build(json_array());
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        const struct record_snapshot *end = &subject->snapshot[phase];
        bool told = end->taken && end->rss_bytes >= 0 && end->lazy_free_bytes >= 0;
        json_build_push(less, told ? json_integer((end->rss_bytes - end->lazy_free_bytes) / 1024)
                                   : json_null());
    }
    return less;
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
            assert(all[i] && all[least] && all[greatest]);
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

static json_t *json_of_files(const struct chosen *chosen)
{
    json_t *changes = json_build(json_array());
    for (size_t i = 0; i < chosen->count; i++) {
        int64_t kib = file_kib(chosen->samples[i]);
        if (i == 0 || kib != file_kib(chosen->samples[i - 1]))
            json_build_push(changes, json_pack("[I, I]", (json_int_t)i, (json_int_t)kib));
    }
    return changes;
}

static json_t *json_of_trial(const struct measured_hosts *hosts, const struct record *record,
                             size_t role, size_t most)
{
    struct chosen chosen;
    choose(record, role, most, &chosen);
    json_t *json = json_build(json_object());
    json_build_put(json, "block", json_integer(record->block));
    json_build_put(json, "host", json_integer((json_int_t)measured_hosts_of(hosts, record)));
    json_build_put(json, "ends", json_of_ends(record));
    json_build_put(json, "less", json_of_less(&record->roles[role]));
    struct list cycle = list_open(json, "cycle");
    struct list ms = list_open(json, "ms");
    struct list anon = list_open(json, "anon");
    for (size_t i = 0; i < chosen.count; i++) {
        list_add(&cycle, chosen.samples[i]->cycle);
        list_add(&ms, chosen.samples[i]->elapsed_ns / 1000000);
        list_add(&anon, chosen.samples[i]->rss_anon_bytes / 1024);
    }
    json_build_put(json, "file", json_of_files(&chosen));
    free(chosen.samples);
    return json;
}

static json_t *json_of_layers(const struct result_row *row, size_t role)
{
    AUTO(layers) struct layers layers;
    layers_build(row, role, &layers);
    if (!layers.record)
        return json_null();
    json_t *json = json_build(json_object());
    json_build_put(json, "block", json_integer(layers.record->block));
    json_build_put(json, "ends", json_of_ends(layers.record));
    size_t stride = layers.count / DATA_CURVE_POINTS + 1;
    struct list position = list_open(json, "position");
    struct list ms = list_open(json, "ms");
    for (size_t i = 0; i < layers.count; i += stride) {
        list_add(&position, (int64_t)(layers.position[i] * 100000));
        list_add(&ms, (int64_t)(layers.seconds[i] * 1000));
    }
    json_t *told = json_build(json_array());
    json_t *kib = json_build(json_array());
    for (int layer = 0; layer < LAYER_COUNT; layer++) {
        struct list of_layer = {.json = json_build(json_array())};
        for (size_t i = 0; i < layers.count; i += stride)
            list_add(&of_layer, (int64_t)(layers.bytes[layer][i] / 1024));
        json_build_push(told, json_integer(layers.told[layer]));
        json_build_push(kib, of_layer.json);
    }
    json_build_put(json, "told", told);
    json_build_put(json, "kib", kib);
    if (layers.huge) {
        struct list huge = list_open(json, "huge");
        for (size_t i = 0; i < layers.count; i += stride)
            list_add(&huge, (int64_t)(layers.huge_bytes[i] / 1024));
    }
    return json;
}

static size_t count_trials(const struct result *result)
{
    size_t trials = 0;
    for (size_t i = 0; i < result->workload_count; i++)
        for (size_t r = 0; r < result->workloads[i].row_count; r++)
            trials += result->workloads[i].rows[r].valid;
    return trials;
}

static size_t points_per_curve(size_t trials)
{
    size_t share = trials ? DATA_POINTS / trials : DATA_CURVE_POINTS;
    if (share < DATA_CURVE_LEAST)
        return DATA_CURVE_LEAST;
    return share < DATA_CURVE_POINTS ? share : DATA_CURVE_POINTS;
}

static json_t *json_of_row(const struct measured_hosts *hosts, const struct result_row *row,
                           size_t most, size_t stride)
{
    json_t *json = json_build(json_object());
    json_t *trials = json_build(json_array());
    for (size_t block = 0; block < row->valid; block += stride)
        json_build_push(trials, json_of_trial(hosts, row->records[block], RECORD_PRIMARY, most));
    json_build_put(json, "name", json_build_text(row->row->name));
    json_build_put(json, "trials", trials);
    json_build_put(json, "layers", json_of_layers(row, RECORD_PRIMARY));
    return json;
}

void html_data(FILE *out, const struct result *result)
{
    const size_t trials = count_trials(result);
    const size_t most = points_per_curve(trials);
    const size_t stride = trials * DATA_CURVE_LEAST / (DATA_POINTS + 1) + 1;
    json_t *workloads = json_build(json_array());
    for (size_t i = 0; i < result->workload_count; i++) {
        const struct workload *workload = result->workloads[i].workload;
        const struct measured_hosts *hosts = &result->workloads[i].hosts;
        json_t *json = json_build(json_object());
        json_t *rows = json_build(json_array());
        for (size_t r = 0; r < result->workloads[i].row_count; r++)
            json_build_push(rows, json_of_row(hosts, &result->workloads[i].rows[r], most, stride));
        json_build_put(json, "name", json_build_text(workload->name));
        json_build_put(json, "cycles", json_integer(workload_cycles(workload)));
        json_build_put(json, "unit", json_build_text(workload_cycle_unit(workload)));
        json_t *names = json_build(json_array());
        for (size_t h = 0; h < hosts->count; h++)
            json_build_push(names, json_build_text(measured_hosts_name(hosts, h)));
        json_build_put(json, "hosts", names);
        json_build_put(json, "rows", rows);
        json_build_push(workloads, json);
    }
    json_build_embed(json_pack("{s:o}", "workloads", workloads), out);
    (void)fputc('\n', out);
}
