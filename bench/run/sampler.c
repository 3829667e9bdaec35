#include "sampler.h"

#include <string.h>

#include "clock.h"

void sampler_init(struct sampler *sampler, struct record *record)
{
    *sampler = (struct sampler){.record = record, .phase = PHASE_START};
    for (int i = 0; i < RECORD_ROLE_COUNT; i++)
        sampler->procfs[i] = PROCFS_INIT;
}

int sampler_attach(struct sampler *sampler, enum record_role role, pid_t pid, struct err *err)
{
    return procfs_open(pid, &sampler->procfs[role], err);
}

void sampler_begin(struct sampler *sampler)
{
    sampler->base_ns = clock_now_ns();
    for (int i = 0; i < RECORD_ROLE_COUNT; i++)
        (void)procfs_reset_peak(&sampler->procfs[i]);
}

int64_t sampler_elapsed_ns(const struct sampler *sampler)
{
    return sampler->base_ns ? clock_now_ns() - sampler->base_ns : 0;
}

void sampler_add(struct sampler *sampler, enum record_role role,
                 const struct allocator_stats *stats, bool at_round_end)
{
    struct record_sample sample = {
        .elapsed_ns = sampler_elapsed_ns(sampler),
        .cycle = sampler->record->cycles_done,
        .role = role,
        .phase = sampler->phase,
        .at_round_end = at_round_end,
    };
    if (procfs_read_statm(&sampler->procfs[role], &sample.rss_bytes, &sample.rss_anon_bytes) < 0)
        return; /* it is gone; the supervisor says so */
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        sample.stat[i] = stats ? stats->value[i] : ALLOCATOR_NA;
    if (role == RECORD_PEER) {
        sampler->last_rss_bytes = sample.rss_bytes;
        sampler->last_rss_anon_bytes = sample.rss_anon_bytes;
    }
    record_add_sample(sampler->record, &sample);
}

void sampler_tick(struct sampler *sampler)
{
    if (!sampler->base_ns)
        return;
    int64_t before_ns = clock_thread_cpu_ns();
    for (int i = 0; i < RECORD_ROLE_COUNT; i++)
        sampler_add(sampler, (enum record_role)i, NULL, false);
    sampler->record->sampler_cpu_ns += clock_thread_cpu_ns() - before_ns;
    sampler->record->sampler_ticks++;
}

void sampler_snapshot(struct sampler *sampler, enum record_role role, enum record_phase phase,
                      const struct allocator_stats *stats, int64_t stat_read_ns)
{
    struct record_snapshot *snapshot = &sampler->record->subject[role].snapshot[phase];
    snapshot->elapsed_ns = sampler_elapsed_ns(sampler);
    procfs_read_snapshot(&sampler->procfs[role], snapshot);
    (void)memcpy(snapshot->stat, stats->value, sizeof snapshot->stat);
    snapshot->stat_read_ns = stat_read_ns;
    (void)procfs_reset_peak(&sampler->procfs[role]);
}

void sampler_close(struct sampler *sampler)
{
    for (int i = 0; i < RECORD_ROLE_COUNT; i++)
        procfs_close(&sampler->procfs[i]);
}
