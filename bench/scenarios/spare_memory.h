/*
 * spare_memory: how much a process that is started now may take, before it is killed or refused.
 * UINT64_MAX: nobody says.
 */
#pragma once

#include <stdint.h>

/* Of pages that are written to: the least of what the machine has left and what this process's
 * cgroups (version 2) allow. */
uint64_t spare_memory_bytes(void);

/* Of addresses, written to or not: RLIMIT_AS. */
uint64_t spare_address_bytes(void);

/* The least limit of the cgroup that a line of /proc/self/cgroup names and of those above it, below
 * `mount` ("/sys/fs/cgroup"); UINT64_MAX: none. */
uint64_t spare_memory_limit(const char *line, const char *mount);
