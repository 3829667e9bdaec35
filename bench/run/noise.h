/*
 * noise: witnesses of what others did on the machine during a trial. RSS after serialised work
 * hardly depends on it, times do. A noisy trial is marked and run again, never dropped.
 *
 * Two places are watched: the core of the subjects, or their cores where they have threads, and
 * that of the load, where the driver and the helping roles are and where disturbance moves cycles
 * per second and join times. Where both share their cores they are one place. Others took of it
 *
 *     elapsed x cores - idle - CPU time of our own processes, which run there and nowhere else
 *
 * Others are other programs, the kernel on its own account, and the hypervisor while it kept one
 * of ours from running. That ours wait for one another is in none of the terms. All three are
 * clocks and not samples; what /proc/stat rounds away is taken off, so the share is never said too
 * high.
 *
 *     struct noise_watch watch = {.core = {…}};
 *     noise_begin(&watch, &record->noise);
 *     … the load …
 *     noise_end(&watch, record);
 */
#pragma once

#include <sched.h>
#include <sys/types.h>

#include "record.h"

enum noise_core_name { NOISE_SUBJECTS, NOISE_LOAD, NOISE_CORE_COUNT };

enum { NOISE_OWN_MAX = 17 + 256 };

struct noise_core {
    cpu_set_t cpus;           /* none: nobody can say who took what */
    pid_t own[NOISE_OWN_MAX]; /* the processes of the trial on them */
    size_t own_count;
};

/* Counters of one moment, since whenever; RECORD_NA where the kernel does not tell. */
struct noise_counters {
    int64_t at_ns;
    int64_t pressure_us;
    int64_t steal_ns; /* of the watched cores together, or of all where none is watched … */
    int steal_cores;  /* … and how many that are */
    struct {
        int cores; /* how many; 0: it is not watched */
        int64_t idle_ns;
        int64_t own_ns;
    } core[NOISE_CORE_COUNT];
};

struct noise_watch {
    struct noise_core core[NOISE_CORE_COUNT];
    struct noise_counters began;
};

/* One more of ours on this core. */
void noise_own(struct noise_core *core, pid_t pid);

/* Take the counters at the beginning of the load … */
void noise_begin(struct noise_watch *watch, struct record_noise *out);

/* … and judge their change at its end. The record's snapshots of start and churn are used for how
 * long the subjects waited. */
void noise_end(const struct noise_watch *watch, struct record *record);

/* The counters alone, and what two readings of them say: shares, noisy, reason. */
void noise_read(const struct noise_core core[NOISE_CORE_COUNT], struct noise_counters *out);
void noise_judge(const struct noise_counters *before, const struct noise_counters *after,
                 struct record_noise *out);
