/*
 * run: what was asked of a run and on which hosts it was measured; plain data. run_json.h stores
 * it. Trials name their host, and its facts stand here, once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocator.h"
#include "cleanup.h"
#include "host.h"
#include "spec.h"

/* How run.json says what it is: formats that are read, and the most blocks of a run. */
enum { STORE_FORMAT = 2, STORE_FORMAT_OLDEST = 1, STORE_BLOCKS_MAX = 100000 };

struct run_row {
    char *name;      /* "jemalloc+prof" */
    char *allocator; /* "jemalloc" */
    char *title;
    char *package;
    char *link;
    char *why;
    char *defaults;     /* NULL for a plain row */
    bool diagnostic;    /* shows what a tool costs: measured, never recommended */
    char **environment; /* "KEY=value", NULL-terminated, never NULL */
    char *library;      /* that serves it in place of the machine's; NULL: the machine's */
    /* To put it into service: what the loader is asked to load before the program ("/usr/lib/…/
     * libjemalloc.so.2"; NULL: nothing, libc serves), the Debian package that brings that (NULL:
     * none, or not known), and what shows that it serves, as allocator.h has it. */
    char *preload;
    char *preload_package;
    char *shows_itself;
    char *shows_itself_when;
    enum allocator_huge_pages huge_pages;
};

/* A row that was asked for with many others and is not available on this machine. */
struct run_absent {
    char *name;
    char *reason;
};

struct run {
    struct host host; /* it was begun on */
    /* Others that trials were measured on since; the same in all that can change a number, as far
     * as whoever added them has seen to it. */
    struct host *more_hosts;
    size_t more_host_count;
    char *started_utc;          /* 2026-11-21T01:28:00Z */
    char *command;              /* as typed */
    struct workload *workloads; /* with quick already applied to `rounds` */
    size_t workload_count;
    struct run_row *rows;
    size_t row_count;
    struct run_absent *absent; /* nothing is known of them in a run stored before they were kept */
    size_t absent_count;
    int64_t blocks;
    uint64_t seed;
    int64_t sample_period_ns;
    char *pinning; /* "subjects on CPU 1, driver and load on CPU 0", or why not */
    bool aslr;
    char
        *plan; /* that it carries out, by a word no other plan has; NULL: stored before there was */
    bool no_passes;    /* none are to follow the trials */
    char **leak_tools; /* of the passes; NULL or empty: the default ones */
};

/* Without the row at this index. */
void run_drop_row(struct run *run, size_t index);

void run_release(struct run *run);
DEFINE_AUTO(run, run_release)

/* The host a trial was measured on, by the name in its record; NULL: the run tells of none with
 * this name. Runs that were stored before hosts were kept by name, and trials that name none, are
 * of the host that the run was begun on. */
const struct host *run_host(const struct run *run, const char *name);
