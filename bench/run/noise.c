#include "noise.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "procfs.h"

/* Above these a trial is marked. Found on a shared two-core machine: quiet trials show 1-4 % of the
 * subjects' core taken by others and no steal; one busy neighbour on a core shows 30-50 %. Each
 * percent of the load's core costs 1.1 % of the cycles per second (26 trials, r = -0.98). */
static const double core_limit = 0.20;
static const double steal_limit = 0.05;

void noise_own(struct noise_core *core, pid_t pid)
{
    if (core->own_count < NOISE_OWN_MAX) /* beyond, others are said to have taken more */
        core->own[core->own_count++] = pid;
}

void noise_begin(struct noise_watch *watch, struct record_noise *out)
{
    double load = 0;
    noise_read(watch->core, &watch->began);
    out->load_average = getloadavg(&load, 1) == 1 ? load : NAN;
}

/* What one subject used, or waited for, during the churn. */
static double churn_ns(const struct record *record, size_t role, bool waiting)
{
    const struct record_snapshot *start = &record->roles[role].snapshot[PHASE_START];
    const struct record_snapshot *end = &record->roles[role].snapshot[PHASE_CHURN];
    if (!start->taken || !end->taken)
        return NAN;
    if (waiting && (start->run_delay_ns < 0 || end->run_delay_ns < 0))
        return NAN;
    return (double)(waiting ? end->run_delay_ns - start->run_delay_ns
                            : end->cpu_ns - start->cpu_ns);
}

void noise_end(const struct noise_watch *watch, struct record *record)
{
    struct noise_counters ended;
    noise_read(watch->core, &ended);
    noise_judge(&watch->began, &ended, &record->noise);
    double used_ns = 0, waited_ns = 0;
    for (size_t role = 0; role < record_subject_count(record); role++) {
        used_ns += churn_ns(record, role, false);
        waited_ns += churn_ns(record, role, true);
    }
    record->noise.run_delay_share = waited_ns / (waited_ns + used_ns);
}

/* NA once, NA for ever. */
static void add(int64_t *sum, int64_t term)
{
    *sum = *sum < 0 || term < 0 ? RECORD_NA : *sum + term;
}

/* Idle and stolen time of some cores together. */
static void read_cores(const char *text, const cpu_set_t *cpus, int64_t *out_idle_ns,
                       int64_t *out_steal_ns)
{
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        struct procfs_core now;
        if (!CPU_ISSET((unsigned)cpu, cpus))
            continue;
        procfs_parse_core(text, cpu, &now);
        add(out_idle_ns, now.idle_ns);
        add(out_steal_ns, now.steal_ns);
    }
}

void noise_read(const struct noise_core core[NOISE_CORE_COUNT], struct noise_counters *out)
{
    AUTO_FREE char *loaded = procfs_load(AT_FDCWD, "/proc/stat");
    const char *text = loaded ? loaded : "";
    *out = (struct noise_counters){.pressure_us = procfs_pressure_cpu_us()};
    for (int i = 0; i < NOISE_CORE_COUNT; i++) {
        out->core[i].cores = CPU_COUNT(&core[i].cpus);
        out->steal_cores += out->core[i].cores;
        read_cores(text, &core[i].cpus, &out->core[i].idle_ns, &out->steal_ns);
        for (size_t j = 0; j < core[i].own_count; j++)
            add(&out->core[i].own_ns, procfs_process_cpu_ns(core[i].own[j]));
    }
    if (out->steal_cores == 0) {
        struct procfs_core all;
        procfs_parse_core(text, -1, &all);
        out->steal_ns = all.steal_ns;
        out->steal_cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    }
    out->at_ns = clock_now_ns();
}

/* NAN when one of them is not known. */
static double change(int64_t before, int64_t after)
{
    return before < 0 || after < 0 ? NAN : (double)(after - before);
}

/* NAN where it is not watched. */
static double taken_share(const struct noise_counters *before, const struct noise_counters *after,
                          enum noise_core_name core)
{
    const int cores = before->core[core].cores;
    double elapsed_ns = change(before->at_ns, after->at_ns) * cores;
    double others_ns = elapsed_ns - change(before->core[core].idle_ns, after->core[core].idle_ns) -
                       change(before->core[core].own_ns, after->core[core].own_ns) -
                       (double)procfs_idle_rounding_ns() * cores;
    return cores == 0 ? NAN : others_ns < 0 ? 0 : others_ns / elapsed_ns;
}

/* One sentence of all that is above its limit. */
static void say_why(const struct noise_counters *of, struct record_noise *noise)
{
    const bool shared = of->core[NOISE_LOAD].cores == 0;
    const char *of_subjects = of->core[NOISE_SUBJECTS].cores <= 1 ? "the subjects' core"
                              : shared                            ? "the cores of subjects and load"
                                                                  : "the subjects' cores";
    const struct {
        double share;
        double limit;
        const char *taker;
        const char *taken;
    } witnesses[] = {
        {noise->foreign_share, core_limit, "others", of_subjects},
        {noise->load_foreign_share, core_limit, "others", "the load's core"},
        {noise->steal_share, steal_limit, "the hypervisor", "the cores"},
    };
    char text[512] = "";
    size_t length = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(witnesses); i++)
        if (witnesses[i].share > witnesses[i].limit)
            length += (size_t)snprintf(
                text + length, sizeof text - length, "%s%s took %.0f %% of %s (limit %.0f %%)",
                length ? "; " : "", witnesses[i].taker, 100 * witnesses[i].share,
                witnesses[i].taken, 100 * witnesses[i].limit);
    noise->noisy = length > 0;
    noise->reason = length ? strdup(text) : NULL;
}

void noise_judge(const struct noise_counters *before, const struct noise_counters *after,
                 struct record_noise *out)
{
    double pressure_us = change(before->pressure_us, after->pressure_us);
    double steal_ns = change(before->steal_ns, after->steal_ns);
    double tick_ns = (double)CLOCK_NS_PER_S / (double)sysconf(_SC_CLK_TCK);
    out->pressure_cpu_us = isnan(pressure_us) ? RECORD_NA : (int64_t)pressure_us;
    out->steal_ticks = isnan(steal_ns) ? RECORD_NA : (int64_t)(steal_ns / tick_ns);
    out->steal_share = steal_ns / (change(before->at_ns, after->at_ns) * before->steal_cores);
    out->foreign_share = taken_share(before, after, NOISE_SUBJECTS);
    out->load_foreign_share = taken_share(before, after, NOISE_LOAD);
    say_why(before, out);
}
