#include "sampler.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "mappings.h"
#include "record_fields.h"

void sampler_init(struct sampler *sampler, struct record *record)
{
    *sampler = (struct sampler){
        .record = record, .phase = PHASE_START, .count = record_subject_count(record)};
    sampler->procfs = calloc(sampler->count + 1, sizeof *sampler->procfs);
    if (!sampler->procfs)
        abort();
    for (size_t i = 0; i < sampler->count; i++)
        sampler->procfs[i] = PROCFS_INIT;
}

int sampler_attach(struct sampler *sampler, size_t role, pid_t pid, struct err *err)
{
    return procfs_open(pid, &sampler->procfs[role], err);
}

void sampler_begin(struct sampler *sampler)
{
    sampler->base_ns = clock_now_ns();
    for (size_t i = 0; i < sampler->count; i++)
        (void)procfs_reset_peak(&sampler->procfs[i]);
}

int64_t sampler_elapsed_ns(const struct sampler *sampler)
{
    return sampler->base_ns ? clock_now_ns() - sampler->base_ns : 0;
}

/* From the page tables, unless that has cost too much so far. Stacks are dearer, and change less.
 */
static void make_exact(struct sampler *sampler, size_t role, struct record_sample *sample)
{
    struct record_role *of = &sampler->record->roles[role];
    int64_t before_ns = clock_thread_cpu_ns();
    if (of->exact_round_ends < 0)
        of->exact_round_ends = of->exact_cpu_ns = 0;
    if ((double)of->exact_cpu_ns * (double)sampler->count >
            SAMPLER_EXACT_SHARE * (double)sample->elapsed_ns ||
        procfs_read_rollup(&sampler->procfs[role], record_sample_fields, record_sample_field_count,
                           sample) < 0)
        return;
    if (of->exact_round_ends % SAMPLER_STACKS_EVERY == 0)
        sample->stack_bytes = mappings_stack_bytes(sampler->procfs[role].dir_fd);
    of->exact_round_ends++;
    of->exact_cpu_ns += clock_thread_cpu_ns() - before_ns;
}

void sampler_add(struct sampler *sampler, size_t role, const struct allocator_stats *stats,
                 bool at_round_end)
{
    struct record_sample sample;
    record_sample_init(&sample);
    sample.elapsed_ns = sampler_elapsed_ns(sampler);
    sample.cycle = sampler->record->cycles_done;
    sample.role = role;
    sample.phase = sampler->phase;
    sample.at_round_end = at_round_end;
    if (procfs_read_statm(&sampler->procfs[role], &sample.rss_bytes, &sample.rss_anon_bytes) < 0)
        return; /* it is gone; the supervisor says so */
    if (at_round_end)
        make_exact(sampler, role, &sample);
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        sample.stat[i] = stats ? stats->value[i] : ALLOCATOR_NA;
    if (role == RECORD_PRIMARY) {
        sampler->last_rss_bytes = sample.rss_bytes;
        sampler->last_rss_anon_bytes = sample.rss_anon_bytes;
    }
    record_add_sample(sampler->record, &sample);
}

void sampler_tick(struct sampler *sampler)
{
    if (!sampler->base_ns || sampler->ended)
        return;
    int64_t before_ns = clock_thread_cpu_ns();
    for (size_t i = 0; i < sampler->count; i++)
        sampler_add(sampler, i, NULL, false);
    sampler->record->sampler_cpu_ns += clock_thread_cpu_ns() - before_ns;
    sampler->record->sampler_ticks++;
}

void sampler_snapshot(struct sampler *sampler, size_t role, enum record_phase phase,
                      const struct allocator_stats *stats, int64_t stat_read_ns)
{
    struct record_snapshot *snapshot = &sampler->record->roles[role].snapshot[phase];
    snapshot->elapsed_ns = sampler_elapsed_ns(sampler);
    procfs_read_snapshot(&sampler->procfs[role], snapshot);
    snapshot->stack_bytes = mappings_stack_bytes(sampler->procfs[role].dir_fd);
    (void)memcpy(snapshot->stat, stats->value, sizeof snapshot->stat);
    snapshot->stat_read_ns = stat_read_ns;
    (void)procfs_reset_peak(&sampler->procfs[role]);
}

void sampler_close(struct sampler *sampler)
{
    for (size_t i = 0; i < sampler->count; i++)
        procfs_close(&sampler->procfs[i]);
    free(sampler->procfs);
    *sampler = (struct sampler){.count = 0};
}
