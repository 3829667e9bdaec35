/*
 * spare_memory: how much a process that is started now may take, before it is killed or refused.
 */
#pragma once

#include <stdint.h>

/* The least of what the machine has left, what this process's cgroups (version 2) allow and of
 * RLIMIT_AS; UINT64_MAX: nobody says. */
uint64_t spare_memory_bytes(void);

/* The least limit of the cgroup that a line of /proc/self/cgroup names and of those above it, below
 * `mount` ("/sys/fs/cgroup"); UINT64_MAX: none. */
uint64_t spare_memory_limit(const char *line, const char *mount);
