/*
 * host_cores: what of the processors this process may really use. A scheduler or a container may
 * give less than the machine has, by a list (affinity) or by time (the cpu controller of cgroups),
 * and allocators make arenas by the number they see.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct host_cores {
    int64_t processors;      /* in the affinity list */
    int64_t physical;        /* cores they are threads of; -1: not told */
    int64_t limit_millicore; /* processor time, in thousandths of a core; -1: no limit */
    char list[256];          /* "0-1,4" */
};

void host_cores_read(struct host_cores *out);

/* The least limit of the cgroups that a line of /proc/self/cgroup names and of those above it,
 * below `mount` ("/sys/fs/cgroup"); -1: none. Both versions of cgroups. */
int64_t host_cores_limit(const char *line, const char *mount);
