/*
 * heap_pages: how much of the anonymous memory of a process is heap, from its smaps.
 *
 * No heap are pages of files that were written to (data of programs and libraries, relocations),
 * the anonymous pages that follow such a file because its last segment is longer in memory than in
 * the file (.bss), and stacks. The kernel joins a neighbouring mapping to the second: of one that
 * begins where a file ends no more counts than that file says it needs, which is read from it.
 * Where it cannot be read, all of it is taken for heap.
 *
 * Heap is thus what allocators and the program itself have mapped, and what brk has moved.
 */
#pragma once

#include <stdint.h>

#include "mappings.h"

struct heap_pages {
    int64_t anon_bytes;    /* all anonymous memory */
    int64_t outside_bytes; /* of it, what is no heap */
};

/* Of the process in `dir_fd` (/proc/PID, O_PATH will do). -errno: it has ended, or may not be
 * looked at. */
int heap_pages_look(int dir_fd, struct heap_pages *out);
