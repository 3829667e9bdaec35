#include "record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"

const char *const record_outcome_names[] = {"valid", "invalid", "failed", NULL};
const char *const record_role_names[] = {"peer", "proxy", NULL};
const char *const record_phase_names[] = {"start", "churn", "quiet", "released", NULL};

static void snapshot_init(struct record_snapshot *snapshot)
{
    *snapshot = (struct record_snapshot){
        .elapsed_ns = RECORD_NA,
        .rss_bytes = RECORD_NA,
        .rss_anon_bytes = RECORD_NA,
        .rss_file_bytes = RECORD_NA,
        .rss_peak_bytes = RECORD_NA,
        .pss_bytes = RECORD_NA,
        .lazy_free_bytes = RECORD_NA,
        .anon_huge_bytes = RECORD_NA,
        .swap_bytes = RECORD_NA,
        .threads = RECORD_NA,
        .cpu_ns = RECORD_NA,
        .cpu_user_ns = RECORD_NA,
        .cpu_system_ns = RECORD_NA,
        .minor_faults = RECORD_NA,
        .major_faults = RECORD_NA,
        .run_delay_ns = RECORD_NA,
        .voluntary_switches = RECORD_NA,
        .involuntary_switches = RECORD_NA,
        .stat_read_ns = RECORD_NA,
    };
    for (size_t i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        snapshot->stat[i] = ALLOCATOR_NA;
}

void record_subject_init(struct record_subject *subject)
{
    *subject = (struct record_subject){
        .release_ns = RECORD_NA,
        .exit_blocks = RECORD_NA,
        .exit_bytes = RECORD_NA,
        .wait_status = RECORD_NA,
    };
    for (size_t i = 0; i < PHASE_COUNT; i++)
        snapshot_init(&subject->snapshot[i]);
}

void record_init(struct record *record)
{
    *record = (struct record){
        .outcome = RECORD_FAILED,
        .churner_cpu_ns = RECORD_NA,
        .noise = {.pressure_cpu_us = RECORD_NA, .steal_ticks = RECORD_NA},
    };
    record->noise.run_delay_share = record->noise.steal_share = NAN;
    record->noise.foreign_share = record->noise.load_foreign_share = NAN;
    for (size_t i = 0; i < PHASE_COUNT; i++)
        record->phase_end_ns[i] = RECORD_NA;
    for (size_t i = 0; i < RECORD_ROLE_COUNT; i++)
        record_subject_init(&record->subject[i]);
}

static void subject_release(struct record_subject *subject)
{
    free(subject->program);
    free(subject->allocator);
    free(subject->version);
    free(subject->identity);
    free(subject->endpoint);
    free(subject->release_call);
    free(subject->release_reach);
    for (size_t i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        free(subject->unavailable[i]);
    for (size_t i = 0; i < subject->option_count; i++) {
        free(subject->options[i].name);
        free(subject->options[i].value);
    }
    free(subject->options);
    for (size_t i = 0; i < subject->counter_count; i++)
        free(subject->counters[i].name);
    free(subject->counters);
}

void record_release(struct record *record)
{
    free(record->workload);
    free(record->row);
    free(record->reason);
    free(record->started_utc);
    for (size_t i = 0; i < RECORD_ROLE_COUNT; i++)
        subject_release(&record->subject[i]);
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

int64_t record_counter(const struct record_subject *subject, const char *name)
{
    for (size_t i = 0; i < subject->counter_count; i++)
        if (strcmp(subject->counters[i].name, name) == 0)
            return subject->counters[i].value;
    return RECORD_NA;
}
