/*
 * measured_hosts: on which host each block of a workload was measured. A block never spans hosts;
 * hosts are in the order in which the run has them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "store.h"

struct measured_hosts {
    const struct host **list; /* of the run, which owns them */
    size_t count;             /* one at least */
    size_t *block_count;      /* that have a valid trial on each */
    size_t *of_block; /* index of the host of block i + 1; of one that was not measured: 0 */
    size_t blocks;
};

/* From the valid trials of that workload. */
void measured_hosts_find(const struct stored_run *stored, const char *workload,
                         struct measured_hosts *out);
void measured_hosts_release(struct measured_hosts *hosts);

/* What it is called: a host of a run that told no name is "unknown". */
const char *measured_hosts_name(const struct measured_hosts *hosts, size_t index);

/* "n1, n2 and n3" of those that `which` says, `last` before the last one (" and "); more than
 * MEASURED_HOSTS_NAMED are a number of hosts. */
enum { MEASURED_HOSTS_NAMED = 6 };
void measured_hosts_say(FILE *out, const struct measured_hosts *hosts, const bool *which,
                        const char *last);

/* How many machines they are: nodes of a scheduler may be one under several names. */
size_t measured_hosts_machines(const struct measured_hosts *hosts);

/* Index of the host of one of its records. */
size_t measured_hosts_of(const struct measured_hosts *hosts, const struct record *record);
