#include "run_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "json_file.h"
#include "spec_keys.h"

static const struct field host_fields[] = {
    FIELD(struct host, FIELD_TEXT, kernel),       FIELD(struct host, FIELD_TEXT, machine),
    FIELD(struct host, FIELD_TEXT, distribution), FIELD(struct host, FIELD_TEXT, cpu_model),
    FIELD(struct host, FIELD_I64, cores),         FIELD(struct host, FIELD_I64, memory_bytes),
    FIELD(struct host, FIELD_I64, page_bytes),    FIELD(struct host, FIELD_TEXT, thp),
    FIELD(struct host, FIELD_I64, aslr),          FIELD(struct host, FIELD_TEXT, libc),
    FIELD(struct host, FIELD_TEXT, libzmq),       FIELD(struct host, FIELD_TEXT, heapchurn),
    FIELD(struct host, FIELD_TEXT, compiler),
};

static const struct field workload_fields[] = {
    FIELD(struct workload, FIELD_TEXT, path),
    FIELD(struct workload, FIELD_TEXT, question),
    FIELD_ENUM(struct workload, load, spec_load_names),
    FIELD(struct workload, FIELD_I64, peers),
    FIELD(struct workload, FIELD_I64, rounds),
    FIELD(struct workload, FIELD_I64, quick_rounds),
    FIELD(struct workload, FIELD_BOOL, mesh),
    FIELD_ENUM(struct workload, drain, spec_drain_names),
    FIELD(struct workload, FIELD_I64, messages),
    FIELD(struct workload, FIELD_I64, message_bytes),
    FIELD(struct workload, FIELD_I64, leak_bytes),
    FIELD(struct workload, FIELD_I64, life_ns),
    FIELD(struct workload, FIELD_I64, quiet_ns),
    FIELD(struct workload, FIELD_I64, released_ns),
    FIELD(struct workload, FIELD_I64, step_deadline_ns),
    FIELD(struct workload, FIELD_SEED, seed),
};

static const struct field session_fields[] = {
    FIELD(struct spec_session, FIELD_I64, blocks),
    FIELD(struct spec_session, FIELD_I64, size_min_bytes),
    FIELD(struct spec_session, FIELD_I64, size_max_bytes),
    FIELD(struct spec_session, FIELD_I64, outlive_percent),
    FIELD(struct spec_session, FIELD_I64, outlive_cycles),
};

static const struct field row_fields[] = {
    FIELD(struct run_row, FIELD_WORD, name),     FIELD(struct run_row, FIELD_WORD, allocator),
    FIELD(struct run_row, FIELD_TEXT, title),    FIELD(struct run_row, FIELD_TEXT, package),
    FIELD(struct run_row, FIELD_TEXT, link),     FIELD(struct run_row, FIELD_TEXT, why),
    FIELD(struct run_row, FIELD_TEXT, defaults), FIELD(struct run_row, FIELD_BOOL, diagnostic),
};

static const struct field absent_fields[] = {
    FIELD(struct run_absent, FIELD_WORD, name),
    FIELD(struct run_absent, FIELD_WORD, reason),
};

static const struct field run_fields[] = {
    FIELD(struct run, FIELD_TEXT, started_utc), FIELD(struct run, FIELD_TEXT, command),
    FIELD(struct run, FIELD_I64, blocks),       FIELD(struct run, FIELD_I64, sample_period_ns),
    FIELD(struct run, FIELD_TEXT, pinning),     FIELD(struct run, FIELD_BOOL, aslr),
};

static json_t *row_write(const struct run_row *row)
{
    json_t *json = fields_write(row_fields, ARRAY_LENGTH(row_fields), row);
    json_t *environment = json_array();
    for (char **entry = row->environment; *entry; entry++)
        (void)json_array_append_new(environment, json_text(*entry));
    (void)json_object_set_new(json, "environment", environment);
    return json;
}

static json_t *workload_write(const struct workload *workload)
{
    json_t *json = json_object();
    (void)json_object_set_new(json, "name", json_text(workload->name));
    json_t *fields = fields_write(workload_fields, ARRAY_LENGTH(workload_fields), workload);
    (void)json_object_update(json, fields);
    json_decref(fields);
    (void)json_object_set_new(
        json, "session",
        fields_write(session_fields, ARRAY_LENGTH(session_fields), &workload->session));
    return json;
}

json_t *run_json_write(const struct run *run)
{
    json_t *json = json_object();
    (void)json_object_set_new(json, "format", json_integer(STORE_FORMAT));
    json_t *fields = fields_write(run_fields, ARRAY_LENGTH(run_fields), run);
    (void)json_object_update(json, fields);
    json_decref(fields);
    char seed[32]; /* 64 bits do not fit a JSON number everywhere */
    (void)snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    (void)json_object_set_new(json, "seed", json_text(seed));
    (void)json_object_set_new(json, "host",
                              fields_write(host_fields, ARRAY_LENGTH(host_fields), &run->host));
    json_t *rows = json_array();
    for (size_t i = 0; i < run->row_count; i++)
        (void)json_array_append_new(rows, row_write(&run->rows[i]));
    (void)json_object_set_new(json, "rows", rows);
    json_t *absent = json_array();
    for (size_t i = 0; i < run->absent_count; i++)
        (void)json_array_append_new(
            absent, fields_write(absent_fields, ARRAY_LENGTH(absent_fields), &run->absent[i]));
    (void)json_object_set_new(json, "absent", absent);
    json_t *workloads = json_array();
    for (size_t i = 0; i < run->workload_count; i++)
        (void)json_array_append_new(workloads, workload_write(&run->workloads[i]));
    (void)json_object_set_new(json, "workloads", workloads);
    return json;
}

static int row_read(const json_t *json, struct run_row *out, struct err *err)
{
    const json_t *environment = json_object_get(json, "environment");
    size_t count = json_array_size(environment);
    out->environment = calloc(count + 1, sizeof *out->environment);
    for (size_t i = 0; out->environment && i < count; i++) {
        const char *entry = json_string_value(json_array_get(environment, i));
        if (!entry)
            return err_set(err, -EINVAL, "'environment': entry %zu is not text", i);
        out->environment[i] = strdup(entry);
    }
    return fields_read(json, row_fields, ARRAY_LENGTH(row_fields), out, err);
}

static int workload_read(const json_t *json, struct workload *out, struct err *err)
{
    const char *name = json_string_value(json_object_get(json, "name"));
    if (!name || strlen(name) >= sizeof out->name)
        return err_set(err, -EINVAL, "'name' is missing or too long");
    (void)memcpy(out->name, name, strlen(name) + 1);
    int code = fields_read(json_object_get(json, "session"), session_fields,
                           ARRAY_LENGTH(session_fields), &out->session, err);
    return code < 0 ? err_wrap(err, "session")
                    : fields_read(json, workload_fields, ARRAY_LENGTH(workload_fields), out, err);
}

/* Runs stored before it was kept have none. */
static int absent_read(const json_t *json, struct run *out, struct err *err)
{
    const json_t *array = json_object_get(json, "absent");
    size_t count = json_array_size(array);
    out->absent = calloc(count + 1, sizeof *out->absent);
    if (!out->absent)
        return err_set(err, -ENOMEM, "out of memory");
    out->absent_count = count;
    for (size_t i = 0; i < count; i++) {
        if (fields_read(json_array_get(array, i), absent_fields, ARRAY_LENGTH(absent_fields),
                        &out->absent[i], err) < 0)
            return err_wrap(err, "absent %zu", i + 1);
    }
    return 0;
}

/* Within what a workload file may say? */
static int check_workload(const struct workload *workload, struct err *err)
{
    for (const struct spec_key *key = spec_keys; key->name; key++) {
        int64_t number = 0;
        char expected[256];
        if (key->kind != SPEC_COUNT && key->kind != SPEC_BYTES && key->kind != SPEC_DURATION)
            continue;
        (void)memcpy(&number, (const char *)workload + key->offset, sizeof number);
        if (number < key->least || number > key->most)
            return err_set(err, -EINVAL, "workload '%s': %s is %" PRId64 "; expected %s",
                           workload->name, key->name, number,
                           spec_key_expected(key, expected, sizeof expected));
    }
    return 0;
}

int run_json_check(const struct run *run, struct err *err)
{
    if (run->blocks < 1 || run->blocks > STORE_BLOCKS_MAX)
        return err_set(err, -EINVAL, "'blocks' is %" PRId64 "; expected 1 to %d", run->blocks,
                       STORE_BLOCKS_MAX);
    int code = 0;
    for (size_t i = 0; code == 0 && i < run->workload_count; i++)
        code = check_workload(&run->workloads[i], err);
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

int run_json_read(const json_t *json, struct run *out, struct err *err)
{
    int code = check_format(json, err);
    if (code == 0)
        code = fields_read(json, run_fields, ARRAY_LENGTH(run_fields), out, err);
    if (code == 0)
        code = seed_read(json, &out->seed, err);
    if (code < 0)
        return code;
    if (fields_read(json_object_get(json, "host"), host_fields, ARRAY_LENGTH(host_fields),
                    &out->host, err) < 0)
        return err_wrap(err, "host");
    const json_t *rows = json_object_get(json, "rows");
    const json_t *workloads = json_object_get(json, "workloads");
    if (json_array_size(rows) == 0 || json_array_size(workloads) == 0)
        return err_set(err, -EINVAL, "no rows or no workloads in it");
    out->row_count = json_array_size(rows);
    out->rows = calloc(out->row_count, sizeof *out->rows);
    out->workload_count = json_array_size(workloads);
    out->workloads = calloc(out->workload_count, sizeof *out->workloads);
    if (!out->rows || !out->workloads)
        return err_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < out->row_count; i++)
        if (row_read(json_array_get(rows, i), &out->rows[i], err) < 0)
            return err_wrap(err, "row %zu", i + 1);
    for (size_t i = 0; i < out->workload_count; i++)
        if (workload_read(json_array_get(workloads, i), &out->workloads[i], err) < 0)
            return err_wrap(err, "workload %zu", i + 1);
    code = absent_read(json, out, err);
    return code < 0 ? code : run_json_check(out, err);
}
