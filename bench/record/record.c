#include "record.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "record_fields.h"
#include "text.h"

const char *const record_outcome_names[] = {"valid", "invalid", "failed", NULL};
const char *const record_phase_names[] = {"start", "churn", "quiet", "released", NULL};

static void snapshot_init(struct record_snapshot *snapshot)
{
    *snapshot = (struct record_snapshot){.taken = false};
    fields_clear(record_snapshot_fields, record_snapshot_field_count, snapshot);
    for (size_t i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        snapshot->stat[i] = ALLOCATOR_NA;
}

void record_sample_init(struct record_sample *sample)
{
    *sample = (struct record_sample){.elapsed_ns = 0};
    fields_clear(record_sample_fields, record_sample_field_count, sample);
    for (size_t i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        sample->stat[i] = ALLOCATOR_NA;
}

void record_role_init(struct record_role *role)
{
    *role = (struct record_role){
        .release_ns = RECORD_NA,
        .exit_blocks = RECORD_NA,
        .exit_bytes = RECORD_NA,
        .exit_cpu_ns = RECORD_NA,
        .wait_status = RECORD_NA,
        .exact_round_ends = RECORD_NA,
        .exact_cpu_ns = RECORD_NA,
        .processes_seen = RECORD_NA,
    };
    for (size_t i = 0; i < PHASE_COUNT; i++)
        snapshot_init(&role->snapshot[i]);
}

void record_init(struct record *record)
{
    *record = (struct record){
        .outcome = RECORD_FAILED,
        .noise = {.pressure_cpu_us = RECORD_NA, .steal_ticks = RECORD_NA},
    };
    record->noise.run_delay_share = record->noise.steal_share = NAN;
    record->noise.foreign_share = record->noise.load_foreign_share = NAN;
    for (size_t i = 0; i < PHASE_COUNT; i++)
        record->phase_end_ns[i] = RECORD_NA;
}

struct record_role *record_add_role(struct record *record, const char *name, bool measured)
{
    assert(!measured || record_subject_count(record) == record->role_count);
    record->roles = grow(record->roles, record->role_count, sizeof *record->roles);
    struct record_role *role = &record->roles[record->role_count++];
    record_role_init(role);
    role->name = strdup(name);
    role->measured = measured;
    if (!role->name)
        abort();
    return role;
}

struct record_process *record_add_process(struct record_role *role)
{
    if (role->process_count == RECORD_PROCESSES_MAX)
        return NULL;
    role->processes = grow(role->processes, role->process_count, sizeof *role->processes);
    struct record_process *process = &role->processes[role->process_count++];
    *process = (struct record_process){.name = NULL};
    fields_clear(record_process_fields, record_process_field_count, process);
    return process;
}

size_t record_subject_count(const struct record *record)
{
    size_t count = 0;
    while (count < record->role_count && record->roles[count].measured)
        count++;
    return count;
}

const struct record_role *record_primary(const struct record *record)
{
    static struct record_role none;
    static char name[] = "subject";
    if (record->role_count > 0)
        return &record->roles[RECORD_PRIMARY];
    record_role_init(&none);
    none.name = name;
    return &none;
}

int record_find_role(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->role_count; i++)
        if (strcmp(record->roles[i].name, name) == 0)
            return (int)i;
    return -1;
}

static void role_release(struct record_role *role)
{
    free(role->name);
    free(role->program);
    free(role->allocator);
    free(role->library);
    free(role->library_sha256);
    free(role->version);
    free(role->identity);
    free(role->linked);
    free(role->libc);
    free(role->endpoint);
    free(role->release_call);
    free(role->release_reach);
    for (size_t i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        free(role->unavailable[i]);
    free(role->level_unavailable);
    for (size_t i = 0; i < role->option_count; i++) {
        free(role->options[i].name);
        free(role->options[i].value);
    }
    free(role->options);
    for (size_t i = 0; i < role->counter_count; i++)
        free(role->counters[i].name);
    free(role->counters);
    for (size_t i = 0; i < role->process_count; i++) {
        free(role->processes[i].name);
        free(role->processes[i].allocator);
        free(role->processes[i].proof);
    }
    free(role->processes);
}

void record_outline(struct record *record)
{
    struct record_role role = {.name = NULL};
    bool measured = record->role_count > 0;
    if (measured) {
        record_role_init(&role);
        role.name = text_own(record->roles[RECORD_PRIMARY].name);
        role.version = text_own(record->roles[RECORD_PRIMARY].version);
        role.library = text_own(record->roles[RECORD_PRIMARY].library);
        role.library_sha256 = text_own(record->roles[RECORD_PRIMARY].library_sha256);
        role.measured = record->roles[RECORD_PRIMARY].measured;
    }
    for (size_t i = 0; i < record->role_count; i++)
        role_release(&record->roles[i]);
    free(record->roles);
    free(record->samples);
    free(record->join_ns);
    record->roles = measured ? grow(NULL, 0, sizeof role) : NULL;
    record->role_count = measured;
    if (measured)
        record->roles[RECORD_PRIMARY] = role;
    record->samples = NULL;
    record->join_ns = NULL;
    record->sample_count = record->join_count = 0;
}

void record_release(struct record *record)
{
    free(record->workload);
    free(record->row);
    free(record->reason);
    free(record->started_utc);
    free(record->host);
    for (size_t i = 0; i < record->role_count; i++)
        role_release(&record->roles[i]);
    free(record->roles);
    free(record->samples);
    free(record->join_ns);
    free(record->noise.reason);
    *record = (struct record){.id = 0};
}

void record_add_sample(struct record *record, const struct record_sample *sample)
{
    record->samples = grow(record->samples, record->sample_count, sizeof *sample);
    record->samples[record->sample_count++] = *sample;
}

void record_add_join(struct record *record, int64_t join_ns)
{
    record->join_ns = grow(record->join_ns, record->join_count, sizeof join_ns);
    record->join_ns[record->join_count++] = join_ns;
}

int64_t record_counter(const struct record_role *role, const char *name)
{
    for (size_t i = 0; i < role->counter_count; i++)
        if (strcmp(role->counters[i].name, name) == 0)
            return role->counters[i].value;
    return RECORD_NA;
}
