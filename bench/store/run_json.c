#include "run_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "json_file.h"
#include "spec_keys.h"

static const struct field row_fields[] = {
    FIELD(struct run_row, FIELD_WORD, name),
    FIELD(struct run_row, FIELD_WORD, allocator),
    FIELD(struct run_row, FIELD_TEXT, title),
    FIELD(struct run_row, FIELD_TEXT, package),
    FIELD(struct run_row, FIELD_TEXT, link),
    FIELD(struct run_row, FIELD_TEXT, why),
    FIELD(struct run_row, FIELD_TEXT, defaults),
    FIELD(struct run_row, FIELD_BOOL, diagnostic),
    {FIELD_AT(struct run_row, huge_pages), .kind = FIELD_NAME, .names = allocator_huge_pages_names,
     .later = true, .fallback = "as found"},
    FIELD(struct run_row, FIELD_WORDS, environment),
    FIELD_LATER(struct run_row, FIELD_TEXT, library),
    FIELD_LATER(struct run_row, FIELD_TEXT, preload),
    FIELD_LATER(struct run_row, FIELD_TEXT, preload_package),
    FIELD_LATER(struct run_row, FIELD_TEXT, shows_itself),
    FIELD_LATER(struct run_row, FIELD_TEXT, shows_itself_when),
    {.name = NULL},
};

static const struct field absent_fields[] = {
    FIELD(struct run_absent, FIELD_WORD, name),
    FIELD(struct run_absent, FIELD_WORD, reason),
    {.name = NULL},
};

static const struct field_list row_list = {
    .fields = row_fields,
    .size = sizeof(struct run_row),
    .count_offset = offsetof(struct run, row_count),
    .item = "row",
};

static const struct field_list absent_list = {
    .fields = absent_fields,
    .size = sizeof(struct run_absent),
    .count_offset = offsetof(struct run, absent_count),
    .item = "absent",
};

static const struct field_list host_list = {
    .fields = host_fields,
    .size = sizeof(struct host),
    .count_offset = offsetof(struct run, more_host_count),
    .item = "host",
};

static const struct field run_fields[] = {
    FIELD(struct run, FIELD_TEXT, started_utc),
    FIELD(struct run, FIELD_TEXT, command),
    FIELD(struct run, FIELD_I64, blocks),
    FIELD(struct run, FIELD_I64, sample_period_ns),
    FIELD(struct run, FIELD_TEXT, pinning),
    FIELD(struct run, FIELD_BOOL, aslr),
    FIELD_LATER(struct run, FIELD_TEXT, plan),
    {FIELD_AT(struct run, no_passes), .kind = FIELD_BOOL, .later = true, .fallback = "false"},
    FIELD_LATER(struct run, FIELD_WORDS, leak_tools),
    {FIELD_AT(struct run, rows), .kind = FIELD_LIST, .list = &row_list},
    {FIELD_AT(struct run, absent), .kind = FIELD_LIST, .list = &absent_list, .later = true},
    {FIELD_AT(struct run, more_hosts), .kind = FIELD_LIST, .list = &host_list, .later = true},
    {.name = NULL},
};

static json_t *workload_write(const struct workload *workload)
{
    json_t *json = json_object();
    json_t *fields = fields_write(spec_keys, fields_count(spec_keys), workload);
    (void)json_object_set_new(json, "name", json_text(workload->name));
    (void)json_object_update(json, fields);
    json_decref(fields);
    return json;
}

json_t *run_json_write(const struct run *run)
{
    json_t *json = json_object();
    (void)json_object_set_new(json, "format", json_integer(STORE_FORMAT));
    json_t *fields = fields_write(run_fields, fields_count(run_fields), run);
    (void)json_object_update(json, fields);
    json_decref(fields);
    char seed[32]; /* 64 bits do not fit a JSON number everywhere */
    (void)snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    (void)json_object_set_new(json, "seed", json_text(seed));
    (void)json_object_set_new(json, "host",
                              fields_write(host_fields, fields_count(host_fields), &run->host));
    json_t *workloads = json_array();
    for (size_t i = 0; i < run->workload_count; i++)
        (void)json_array_append_new(workloads, workload_write(&run->workloads[i]));
    (void)json_object_set_new(json, "workloads", workloads);
    return json;
}

static int workload_read(const json_t *json, struct workload *out, struct err *err)
{
    const char *name = json_string_value(json_object_get(json, "name"));
    if (!name || strlen(name) >= sizeof out->name)
        return err_set(err, -EINVAL, "'name' is missing or too long");
    (void)memcpy(out->name, name, strlen(name) + 1);
    return fields_read(json, spec_keys, fields_count(spec_keys), out, err);
}

int run_json_check(const struct run *run, struct err *err)
{
    if (run->blocks < 1 || run->blocks > STORE_BLOCKS_MAX)
        return err_set(err, -EINVAL, "'blocks' is %" PRId64 "; expected 1 to %d", run->blocks,
                       STORE_BLOCKS_MAX);
    int code = 0;
    for (size_t i = 0; code == 0 && i < run->workload_count; i++)
        if (fields_check(spec_keys, &run->workloads[i], err) < 0)
            code = err_wrap(err, "workload '%s'", run->workloads[i].name);
    return code;
}

static int check_format(const json_t *json, struct err *err)
{
    const json_t *format = json_object_get(json, "format");
    if (!json_is_integer(format))
        return err_set(err, -EINVAL, "not a run of heapchurn: 'format' is missing");
    if (json_integer_value(format) < STORE_FORMAT_OLDEST ||
        json_integer_value(format) > STORE_FORMAT)
        return err_set(err, -EINVAL,
                       "stored in format %" JSON_INTEGER_FORMAT
                       ", this program reads formats %d to "
                       "%d; use the version of heapchurn that wrote it",
                       json_integer_value(format), STORE_FORMAT_OLDEST, STORE_FORMAT);
    return 0;
}

static int seed_read(const json_t *json, uint64_t *out, struct err *err)
{
    const char *text = json_string_value(json_object_get(json, "seed"));
    char *end = NULL;
    errno = 0;
    uint64_t seed = text ? strtoull(text, &end, 10) : 0;
    if (!text || !*text || *end || errno)
        return err_set(err, -EINVAL, "'seed' is missing or no number");
    *out = seed;
    return 0;
}

/* "driver and NAME on CPU 0" is "driver and load on CPU 0": earlier versions called the load by the
 * name of its program, and a run of then may be compared with one of now. */
static void pinning_read(struct run *out)
{
    static const char before[] = "driver and ", load[] = "load", after[] = " on CPU";
    char *name = out->pinning ? strstr(out->pinning, before) : NULL;
    char *rest = name ? strstr(name, after) : NULL;
    char *text = NULL;
    if (!rest || asprintf(&text, "%.*s%s%s%s", (int)(name - out->pinning), out->pinning, before,
                          load, rest) < 0)
        return;
    free(out->pinning);
    out->pinning = text;
}

int run_json_read(const json_t *json, struct run *out, struct err *err)
{
    int code = check_format(json, err);
    if (code == 0)
        code = fields_read(json, run_fields, fields_count(run_fields), out, err);
    if (code == 0)
        code = seed_read(json, &out->seed, err);
    if (code < 0)
        return code;
    pinning_read(out);
    if (fields_read(json_object_get(json, "host"), host_fields, fields_count(host_fields),
                    &out->host, err) < 0)
        return err_wrap(err, "host");
    const json_t *workloads = json_object_get(json, "workloads");
    if (out->row_count == 0 || json_array_size(workloads) == 0)
        return err_set(err, -EINVAL, "no rows or no workloads in it");
    out->workload_count = json_array_size(workloads);
    out->workloads = calloc(out->workload_count, sizeof *out->workloads);
    if (!out->workloads)
        return err_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < out->workload_count; i++)
        if (workload_read(json_array_get(workloads, i), &out->workloads[i], err) < 0)
            return err_wrap(err, "workload %zu", i + 1);
    return run_json_check(out, err);
}

void run_drop_row(struct run *run, size_t index)
{
    fields_release(row_list.fields, &run->rows[index]);
    run->row_count--;
    (void)memmove(&run->rows[index], &run->rows[index + 1],
                  (run->row_count - index) * sizeof run->rows[0]);
}

void run_release(struct run *run)
{
    host_release(&run->host);
    fields_release(run_fields, run);
    for (size_t i = 0; i < run->workload_count && run->workloads; i++)
        workload_release(&run->workloads[i]);
    free(run->workloads);
    *run = (struct run){.blocks = 0};
}
