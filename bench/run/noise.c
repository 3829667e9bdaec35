#include "noise.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "procfs.h"

/* Above these a trial is marked. Found on a shared two-core machine: quiet trials show a foreign
 * share of 1-4 % and no steal; one busy neighbour on the core shows 30-50 %. */
static const double foreign_share_limit = 0.20;
static const double steal_share_limit = 0.05;

void noise_begin(struct noise_watch *watch, int cpu, struct record_noise *out)
{
    int64_t unused;
    *watch = (struct noise_watch){.began_ns = clock_now_ns(), .cpu = cpu};
    procfs_cpu_ticks(cpu, &watch->busy_ticks, &watch->steal_ticks);
    procfs_cpu_ticks(-1, &unused, &watch->all_steal_ticks);
    watch->pressure_us = procfs_pressure_cpu_us();
    double load = 0;
    out->load_average = getloadavg(&load, 1) == 1 ? load : NAN;
}

/* What one subject used, or waited for, during the churn. */
static double churn_ns(const struct record *record, int role, bool waiting)
{
    const struct record_snapshot *start = &record->subject[role].snapshot[PHASE_START];
    const struct record_snapshot *end = &record->subject[role].snapshot[PHASE_CHURN];
    if (!start->taken || !end->taken)
        return NAN;
    return (double)(waiting ? end->run_delay_ns - start->run_delay_ns
                            : end->cpu_ns - start->cpu_ns);
}

static void judge(struct record_noise *noise)
{
    char text[160];
    if (noise->foreign_share > foreign_share_limit)
        (void)snprintf(text, sizeof text,
                       "others used %.0f %% of the subjects' core during the churn (limit %.0f %%)",
                       100 * noise->foreign_share, 100 * foreign_share_limit);
    else if (noise->steal_share > steal_share_limit)
        (void)snprintf(text, sizeof text,
                       "the hypervisor took %.0f %% of the cores during the churn (limit %.0f %%)",
                       100 * noise->steal_share, 100 * steal_share_limit);
    else
        return;
    noise->noisy = true;
    noise->reason = strdup(text);
}

void noise_end(const struct noise_watch *watch, struct record *record)
{
    struct record_noise *noise = &record->noise;
    int64_t busy, steal, unused, all_steal;
    procfs_cpu_ticks(watch->cpu, &busy, &steal);
    procfs_cpu_ticks(-1, &unused, &all_steal);
    int64_t pressure_us = procfs_pressure_cpu_us();
    double elapsed_ns = (double)(clock_now_ns() - watch->began_ns);
    double tick_ns = (double)CLOCK_NS_PER_S / (double)sysconf(_SC_CLK_TCK);
    double used_ns = churn_ns(record, RECORD_PEER, false) + churn_ns(record, RECORD_PROXY, false);
    double waited_ns = churn_ns(record, RECORD_PEER, true) + churn_ns(record, RECORD_PROXY, true);
    noise->run_delay_share = waited_ns / (waited_ns + used_ns);
    if (pressure_us >= 0 && watch->pressure_us >= 0)
        noise->pressure_cpu_us = pressure_us - watch->pressure_us;
    if (all_steal >= 0 && watch->all_steal_ticks >= 0) {
        noise->steal_ticks = all_steal - watch->all_steal_ticks;
        noise->steal_share = (double)noise->steal_ticks * tick_ns /
                             (elapsed_ns * (double)sysconf(_SC_NPROCESSORS_ONLN));
    }
    if (watch->cpu >= 0 && busy >= 0)
        noise->foreign_share =
            fmax(0, (double)(busy - watch->busy_ticks) * tick_ns - used_ns) / elapsed_ns;
    judge(noise);
}
