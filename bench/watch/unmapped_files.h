/*
 * unmapped_files: memory that a process holds by open descriptors alone: files that live in memory
 * (memfd, /dev/shm) and that it has not mapped. RSS does not count them; the cgroup, and with it
 * the limit of a container, does.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct unmapped_files {
    size_t count;  /* files, however many descriptors each has */
    int64_t bytes; /* what they hold, not how long they are */
};

/* Of the process in `dir_fd` (/proc/PID). 0, or -errno: the kernel shows them to others only, or it
 * has ended; *out is unchanged then. */
int unmapped_files_read(int dir_fd, struct unmapped_files *out);
