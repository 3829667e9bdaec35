/*
 * trial: one row under one workload, once: fresh processes, one record.
 *
 * A script over the roles of a scenario (scenario.h): start them; baseline; load; all gone and
 * quiet; ask to release; quiet again; leave by themselves; check the work. A subject that dies,
 * hangs or lies makes a record that says so; only a broken harness (no fork, no /proc, no disk) is
 * an error.
 */
#pragma once

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "record.h"
#include "scenario.h"
#include "spec.h"

/* Where everybody runs. cpu -1: not pinned. */
struct trial_pins {
    int subject_cpu;
    int driver_cpu; /* driver, and roles that only help */
    /* Where subjects with threads of their own run: all cores but the driver's. Where that would
     * leave them one it holds both, for the load as well; none: not pinned. */
    cpu_set_t threads;
};

/* What is compared: one row, as a trial needs it. */
struct trial_row {
    const char *name;
    const char *allocator;
    char *const *environment; /* its tunables; NULL-terminated */
    const char *library;      /* that must serve, in place of the machine's; NULL: the machine's */
    enum allocator_huge_pages huge_pages;
};

/* The longest that a step may take which the workload does not time itself. Leaving after a long
 * undrained churn tears down every parked session (150 000 of them: under a second, measured). */
struct trial_deadlines {
    int64_t ready_ns;
    int64_t answer_ns;
    int64_t leave_ns;
};
extern const struct trial_deadlines trial_deadlines_default;

/*
 * A tool the primary role runs under: a preloaded counter, an allocator's own leak report,
 * valgrind. Its record is a *pass*: never a measurement of RSS. HEAPCHURN_TOOL=name tells the role
 * that malloc may be served by somebody else for once; deadlines are the caller's to stretch.
 */
struct trial_tool {
    const char *name;
    char *const *prefix;        /* words before its command line, or NULL */
    char *const *environment;   /* for it alone; instead of the row's where both set it */
    bool dumps;                 /* ask it for a heap dump before and after the load */
    bool own_exit_status;       /* it may end the role with any exit status */
    const char *program_suffix; /* PROGRAM-<suffix> in place of PROGRAM-<allocator>; NULL: not */
    const char *detail;         /* file for the allocator's own statistics when it is quiet; NULL */
    /* Called when all have left and it is quiet, before the release call; NULL: nothing. 0, or
     * -errno with a sentence, which becomes the reason of a failed record. */
    int (*at_quiet)(void *context, pid_t primary, struct err *err);
    void *context;
};

struct trial_progress {
    int64_t cycles_done;
    int64_t cycles_planned;
    int64_t rss_bytes; /* of the primary role, now */
    int64_t rss_anon_bytes;
    int64_t elapsed_ns; /* since the baseline */
    enum record_phase phase;
    /* Of it at the end of the first round; RECORD_NA: not yet, or not told. */
    int64_t round_anon_bytes, round_live_bytes, round_heap_bytes;
};

struct trial_options {
    const struct workload *workload;
    const struct scenario *scenario;      /* that plays it */
    const char *allocator;                /* measured roles must say they run on it */
    char *const *row_environment;         /* the row's tunables; NULL-terminated */
    const char *library;                  /* as trial_row's, */
    enum allocator_huge_pages huge_pages; /* and this */
    const char *programs;                 /* folder of the programs of roles */
    const char *folder;                   /* logs go there */
    struct trial_pins pins;
    struct trial_deadlines deadlines;
    int64_t sample_period_ns;
    bool no_aslr;
    int interrupt_fd;              /* signalfd of the driver, or -1 */
    const struct trial_tool *tool; /* NULL: a measurement */
    void (*progress)(void *context, const struct trial_progress *progress);
    void *context;
};

/* Fill `record` (initialised by the caller with id, names, block and attempt). 0: the record is
 * whole, whatever its outcome. -EINTR: interrupted, the record is not to be kept. */
int trial_run(const struct trial_options *options, struct record *record, struct err *err);
