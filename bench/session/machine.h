/*
 * machine: what of this machine can disturb a measurement, gathered once; and the checks that judge
 * it. The checks are pure functions of the struct, so that a machine can be made up in a test.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MACHINE_TEXT_MAX = 512, MACHINE_NA = -1 };

/* A number that could not be told is MACHINE_NA, a text "". */
struct machine {
    char kernel[64]; /* uname -r */
    char thp[32];
    char governor[32]; /* of CPU 0 */
    char clock[32];    /* clock source */
    int64_t aslr;
    int64_t cores;           /* that we may run on */
    int64_t limit_millicore; /* processor time that a cgroup allows; MACHINE_NA: no limit */
    bool siblings_told;      /* which processors are threads of one core */
    bool one_core;           /* those for subjects and load are */
    double load;             /* 1 min */
    double pressure_percent; /* share of the last 10 s that something waited for a core */
    int64_t files;           /* open files: soft limit */
    int64_t files_hard;
    int64_t memory_available_bytes;
    int64_t swap_used_bytes;
    int64_t overcommit;
    int64_t ptrace_scope;
    int64_t port_first, port_last;
    int64_t port_reuse;        /* tcp_tw_reuse */
    bool loopback;             /* a port can be bound on 127.0.0.1 */
    int64_t statm_error_bytes; /* largest difference to the page tables that was seen */
    bool statm, run_delay, rollup, peak_reset;
    bool malloc_conf;               /* /etc/malloc.conf exists */
    char leaking[MACHINE_TEXT_MAX]; /* names of variables that steer allocators, "A, B" */
    char proved[MACHINE_TEXT_MAX];  /* "glibc 2.36, jemalloc 5.3.0" */
    bool absent;                    /* some allocator is not installed */
    char refused[MACHINE_TEXT_MAX]; /* programs that did not prove themselves: "why; why" */
};

enum machine_state { MACHINE_OK, MACHINE_WARN, MACHINE_UNFIT };
extern const char *const machine_state_names[]; /* "ok", "warn", "unfit" */

struct machine_finding {
    enum machine_state state;
    char sentence[2 * MACHINE_TEXT_MAX];
    const char *remedy; /* NULL when all is well or nothing can be done */
};

struct machine_check {
    const char *name;
    void (*judge)(const struct machine *machine, struct machine_finding *out);
};

extern const struct machine_check machine_checks[]; /* ends with name NULL */

/* Read it all; starts one program per allocator to let it prove itself: of each that there is, or
 * of those in `allocators` (NULL-terminated) only. */
void machine_read(const char *programs, const char *const *allocators, struct machine *out);
