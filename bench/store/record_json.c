#include "record_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "json_file.h"
#include "record_fields.h"

static const struct field record_fields[] = {
    FIELD(struct record, FIELD_I64, id),
    FIELD(struct record, FIELD_WORD, workload),
    FIELD(struct record, FIELD_WORD, row),
    FIELD(struct record, FIELD_I64, block),
    FIELD(struct record, FIELD_I64, attempt),
    FIELD_ENUM(struct record, outcome, record_outcome_names),
    FIELD(struct record, FIELD_TEXT, reason),
    FIELD(struct record, FIELD_TEXT, started_utc),
    FIELD_LATER(struct record, FIELD_TEXT, host),
    FIELD(struct record, FIELD_I64, cycles_planned),
    FIELD(struct record, FIELD_I64, cycles_done),
    FIELD(struct record, FIELD_I64, sampler_cpu_ns),
    FIELD(struct record, FIELD_I64, sampler_ticks),
};

static const struct field noise_fields[] = {
    FIELD(struct record_noise, FIELD_I64, pressure_cpu_us),
    FIELD(struct record_noise, FIELD_I64, steal_ticks),
    FIELD(struct record_noise, FIELD_DOUBLE, load_average),
    FIELD(struct record_noise, FIELD_DOUBLE, run_delay_share),
    FIELD(struct record_noise, FIELD_DOUBLE, foreign_share),
    FIELD_LATER(struct record_noise, FIELD_DOUBLE, load_foreign_share),
    FIELD(struct record_noise, FIELD_DOUBLE, steal_share),
    FIELD(struct record_noise, FIELD_BOOL, noisy),
    FIELD(struct record_noise, FIELD_TEXT, reason),
};

static const struct field role_fields[] = {
    FIELD(struct record_role, FIELD_WORD, name),
    FIELD(struct record_role, FIELD_BOOL, measured),
    FIELD(struct record_role, FIELD_TEXT, program),
    FIELD(struct record_role, FIELD_TEXT, allocator),
    FIELD(struct record_role, FIELD_TEXT, version),
    FIELD(struct record_role, FIELD_TEXT, identity),
    FIELD_LATER(struct record_role, FIELD_TEXT, library),
    FIELD_LATER(struct record_role, FIELD_TEXT, library_sha256),
    FIELD_LATER(struct record_role, FIELD_TEXT, linked),
    FIELD_LATER(struct record_role, FIELD_TEXT, libc),
    FIELD(struct record_role, FIELD_TEXT, endpoint),
    FIELD(struct record_role, FIELD_I64, release_ns),
    FIELD_LATER(struct record_role, FIELD_TEXT, release_call),
    FIELD_LATER(struct record_role, FIELD_TEXT, release_reach),
    FIELD(struct record_role, FIELD_I64, exit_blocks),
    FIELD(struct record_role, FIELD_I64, exit_bytes),
    FIELD_LATER(struct record_role, FIELD_I64, exit_cpu_ns),
    FIELD(struct record_role, FIELD_I64, wait_status),
    FIELD(struct record_role, FIELD_BOOL, stats_at_phase_ends_only),
    FIELD_LATER(struct record_role, FIELD_I64, exact_round_ends),
    FIELD_LATER(struct record_role, FIELD_I64, exact_cpu_ns),
    FIELD_LATER(struct record_role, FIELD_I64, processes_seen),
    FIELD_LATER(struct record_role, FIELD_TEXT, level_unavailable),
};

enum { ROLE_OWN_NAME = 2 }; /* of them are the name and the mark */

static const struct field counter_fields[] = {
    FIELD(struct record_counter, FIELD_WORD, name),
    FIELD(struct record_counter, FIELD_I64, value),
    FIELD(struct record_counter, FIELD_I64, expected),
};

static const struct field pair_fields[] = {
    FIELD(struct record_pair, FIELD_WORD, name),
    FIELD(struct record_pair, FIELD_WORD, value),
};

static const struct field sample_count_field = {
    .name = "sample_count", .kind = FIELD_I64, .later = true};

static json_t *snapshot_write(const struct record_snapshot *snapshot)
{
    json_t *json = fields_write(record_snapshot_fields, record_snapshot_field_count, snapshot);
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        (void)json_object_set_new(json, allocator_stat_names[i], fields_number(snapshot->stat[i]));
    return json;
}

/* An array of structs of one size through one table. */
static json_t *list_write(const struct field *table, size_t fields, const void *from, size_t count,
                          size_t size)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list,
                                    fields_write(table, fields, (const char *)from + i * size));
    return list;
}

static json_t *role_write(const struct record_role *role)
{
    json_t *json = fields_write(role_fields, ARRAY_LENGTH(role_fields), role);
    json_t *unavailable = json_object();
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        if (role->unavailable[i])
            (void)json_object_set_new(unavailable, allocator_stat_names[i],
                                      json_text(role->unavailable[i]));
    (void)json_object_set_new(json, "unavailable", unavailable);
    (void)json_object_set_new(json, "options",
                              list_write(pair_fields, ARRAY_LENGTH(pair_fields), role->options,
                                         role->option_count, sizeof *role->options));
    (void)json_object_set_new(json, "counters",
                              list_write(counter_fields, ARRAY_LENGTH(counter_fields),
                                         role->counters, role->counter_count,
                                         sizeof *role->counters));
    if (role->process_count > 0)
        (void)json_object_set_new(json, "processes",
                                  list_write(record_process_fields, record_process_field_count,
                                             role->processes, role->process_count,
                                             sizeof *role->processes));
    json_t *snapshots = json_object();
    for (int i = 0; i < PHASE_COUNT; i++)
        (void)json_object_set_new(snapshots, record_phase_names[i],
                                  snapshot_write(&role->snapshot[i]));
    (void)json_object_set_new(json, "snapshots", snapshots);
    return json;
}

json_t *record_json_write(const struct record *record)
{
    json_t *json = fields_write(record_fields, ARRAY_LENGTH(record_fields), record);
    (void)json_object_set_new(json, sample_count_field.name,
                              json_integer((json_int_t)record->sample_count));
    json_t *phases = json_object();
    for (int i = 0; i < PHASE_COUNT; i++)
        (void)json_object_set_new(phases, record_phase_names[i],
                                  fields_number(record->phase_end_ns[i]));
    (void)json_object_set_new(json, "phase_end_ns", phases);
    json_t *roles = json_array();
    for (size_t i = 0; i < record->role_count; i++)
        (void)json_array_append_new(roles, role_write(&record->roles[i]));
    (void)json_object_set_new(json, "roles", roles);
    (void)json_object_set_new(
        json, "noise", fields_write(noise_fields, ARRAY_LENGTH(noise_fields), &record->noise));
    json_t *joins = json_array();
    for (size_t i = 0; i < record->join_count; i++)
        (void)json_array_append_new(joins, json_integer(record->join_ns[i]));
    (void)json_object_set_new(json, "join_ns", joins);
    return json;
}

/* Read an int64 that may be null. */
static int number_read(const json_t *object, const char *name, int64_t *out, struct err *err)
{
    const struct field field = {.name = name, .kind = FIELD_I64};
    return fields_read(object, &field, 1, out, err);
}

static int list_read(const json_t *list, const struct field *table, size_t fields, void **out,
                     size_t *out_count, size_t size, struct err *err)
{
    if (!json_is_array(list))
        return err_set(err, -EINVAL, "a list is missing");
    size_t count = json_array_size(list);
    char *items = calloc(count + 1, size);
    if (!items)
        return err_set(err, -ENOMEM, "out of memory for %zu entries", count);
    *out = items;
    *out_count = count; /* released with the record also when half read: zeroed beyond */
    for (size_t i = 0; i < count; i++) {
        int code = fields_read(json_array_get(list, i), table, fields, items + i * size, err);
        if (code < 0)
            return err_wrap(err, "entry %zu", i);
    }
    return 0;
}

static int snapshot_read(const json_t *json, struct record_snapshot *out, struct err *err)
{
    int code = fields_read(json, record_snapshot_fields, record_snapshot_field_count, out, err);
    for (int i = 0; code == 0 && i < ALLOCATOR_STAT_COUNT; i++)
        code = number_read(json, allocator_stat_names[i], &out->stat[i], err);
    return code;
}

/* NULL: it was one process. */
static int processes_read(const json_t *list, struct record_role *out, struct err *err)
{
    void *processes = NULL;
    if (!list)
        return 0;
    int code = list_read(list, record_process_fields, record_process_field_count, &processes,
                         &out->process_count, sizeof *out->processes, err);
    out->processes = processes;
    return code;
}

/* All of a role but its name and its mark. */
static int role_rest_read(const json_t *json, struct record_role *out, struct err *err)
{
    int code = fields_read(json, role_fields + ROLE_OWN_NAME,
                           ARRAY_LENGTH(role_fields) - ROLE_OWN_NAME, out, err);
    if (code < 0)
        return code;
    const json_t *unavailable = json_object_get(json, "unavailable");
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++) {
        const char *reason =
            json_string_value(json_object_get(unavailable, allocator_stat_names[i]));
        out->unavailable[i] = reason ? strdup(reason) : NULL;
    }
    void *list = NULL;
    code = list_read(json_object_get(json, "options"), pair_fields, ARRAY_LENGTH(pair_fields),
                     &list, &out->option_count, sizeof *out->options, err);
    out->options = list;
    if (code < 0)
        return err_wrap(err, "options");
    list = NULL;
    code =
        list_read(json_object_get(json, "counters"), counter_fields, ARRAY_LENGTH(counter_fields),
                  &list, &out->counter_count, sizeof *out->counters, err);
    out->counters = list;
    if (code < 0)
        return err_wrap(err, "counters");
    if (processes_read(json_object_get(json, "processes"), out, err) < 0)
        return err_wrap(err, "processes");
    const json_t *snapshots = json_object_get(json, "snapshots");
    for (int i = 0; i < PHASE_COUNT; i++)
        if (snapshot_read(json_object_get(snapshots, record_phase_names[i]), &out->snapshot[i],
                          err) < 0)
            return err_wrap(err, "snapshot '%s'", record_phase_names[i]);
    return 0;
}

/* Names stand in tables, pages and file names as they are. */
static bool is_role_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= 32 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == length;
}

/* Measured ones first, one at least where the trial is valid, and no name twice. */
static int roles_check(const struct record *record, struct err *err)
{
    size_t measured = record_subject_count(record);
    if (measured == 0 && (record->role_count > 0 || record->outcome == RECORD_VALID))
        return err_set(err, -EINVAL, "'roles': the first one is missing or not measured");
    for (size_t i = 0; i < record->role_count; i++) {
        const char *name = record->roles[i].name;
        if (!is_role_name(name))
            return err_set(err, -EINVAL, "'roles': entry %zu is not named like a role", i + 1);
        if (i >= measured && record->roles[i].measured)
            return err_set(err, -EINVAL,
                           "'roles': '%s' is measured, and stands after one that is not", name);
        if (record_find_role(record, name) != (int)i)
            return err_set(err, -EINVAL, "'roles': '%s' is in it twice", name);
    }
    return 0;
}

/* Format 1 had its roles, which were all measured, by name. */
static int subjects_read(json_t *subjects, struct record *out, struct err *err)
{
    const char *name = NULL;
    json_t *json = NULL;
    json_object_foreach(subjects, name, json)
    {
        if (role_rest_read(json, record_add_role(out, name, true), err) < 0)
            return err_wrap(err, "subject '%s'", name);
    }
    return 0;
}

static int roles_read(const json_t *roles, struct record *out, struct err *err)
{
    if (!json_is_array(roles))
        return err_set(err, -EINVAL, "'roles' is missing");
    size_t count = json_array_size(roles);
    out->roles = calloc(count + 1, sizeof *out->roles);
    if (!out->roles)
        return err_set(err, -ENOMEM, "out of memory for %zu roles", count);
    for (size_t i = 0; i < count; i++) {
        const json_t *json = json_array_get(roles, i);
        struct record_role *role = &out->roles[out->role_count++];
        record_role_init(role);
        if (fields_read(json, role_fields, ROLE_OWN_NAME, role, err) < 0 ||
            role_rest_read(json, role, err) < 0)
            return err_wrap(err, "role %zu", i + 1);
    }
    return 0;
}

static int joins_read(const json_t *list, struct record *out, struct err *err)
{
    if (!json_is_array(list))
        return err_set(err, -EINVAL, "'join_ns' is missing");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *value = json_array_get(list, i);
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return err_set(err, -EINVAL, "'join_ns': entry %zu is no duration", i);
        record_add_join(out, json_integer_value(value));
    }
    return 0;
}

int record_json_read(const json_t *json, struct record *out, int64_t *out_sample_count,
                     struct err *err)
{
    int code = fields_read(json, record_fields, ARRAY_LENGTH(record_fields), out, err);
    if (code == 0)
        code = fields_read(json, &sample_count_field, 1, out_sample_count, err);
    if (code < 0)
        return code;
    code = fields_read(json_object_get(json, "noise"), noise_fields, ARRAY_LENGTH(noise_fields),
                       &out->noise, err);
    if (code < 0)
        return err_wrap(err, "noise");
    const json_t *phases = json_object_get(json, "phase_end_ns");
    for (int i = 0; i < PHASE_COUNT; i++)
        if (number_read(phases, record_phase_names[i], &out->phase_end_ns[i], err) < 0)
            return err_wrap(err, "phase_end_ns");
    json_t *subjects = json_object_get(json, "subjects");
    code = subjects ? subjects_read(subjects, out, err)
                    : roles_read(json_object_get(json, "roles"), out, err);
    if (code == 0)
        code = roles_check(out, err);
    if (code < 0)
        return code;
    return joins_read(json_object_get(json, "join_ns"), out, err);
}
