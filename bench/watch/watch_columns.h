/*
 * watch_columns: what one look at a process, or at a tree of them, tells; and the one table of it
 * that terminal, file and attribution read.
 *
 * Of one process the numbers are what is resident. Of a tree they are sums of proportional shares
 * (a page that three of them map counts a third in each), but for LazyFree and huge pages, which
 * the kernel tells by process only: a page that several share counts in each.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "memory_curve.h"

/* Bytes but for the counts; RECORD_NA where it cannot be told. proc(5): status and smaps_rollup say
 * all but stacks, which smaps alone shows. */
struct watch_reading {
    int64_t rss_bytes;
    int64_t anon_bytes;
    int64_t file_bytes;
    int64_t shmem_bytes; /* shared memory: memfd, shmget, tmpfs, shared and without a file */
    int64_t stack_bytes; /* of all threads */
    int64_t lazy_free_bytes;
    int64_t anon_huge_bytes;
    int64_t swap_bytes;
    int64_t pss_bytes;
    int64_t threads;
    int64_t processes;
    /* As an agent in it says (watch_agent.h), and what is resident by that: kept by the allocator,
     * outside of it. */
    int64_t live_bytes;
    int64_t heap_bytes; /* the allocator's books: committed, and its own */
    int64_t allocator_resident_bytes;
    int64_t kept_bytes, outside_bytes;
    int hidden_error; /* errno why the kernel does not show the mappings; 0 */
};

/* A look in which nothing is known yet. */
extern const struct watch_reading watch_reading_none;

/* With an agent in the process there is more to say than a line has room for. */
enum watch_when { WATCH_ALWAYS, WATCH_WITHOUT_AGENT, WATCH_WITH_AGENT };

struct watch_column {
    const char *name;          /* in the file: as `heapchurn judge` knows it */
    enum memory_column judged; /* as what attribution takes it; MEMORY_COLUMNS: not at all */
    const char *head;          /* on a terminal, in MiB; NULL: not shown there */
    enum watch_when when;      /* shown there */
    size_t offset;             /* of its int64_t in struct watch_reading */
};

/* Ends with a name of NULL. */
extern const struct watch_column watch_columns[];

int64_t watch_column_value(const struct watch_column *column, const struct watch_reading *reading);

/* Add `part` to `sum`: what is not known of one is not known of all. */
void watch_reading_add(struct watch_reading *sum, const struct watch_reading *part);

/* Looks as a file: a line each, the look in place of the cycle. An empty field is not available. */
void watch_csv_head(FILE *csv);
void watch_csv_line(FILE *csv, int64_t look, double elapsed_s, const struct watch_reading *reading);
