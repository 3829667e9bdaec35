/*
 * huge_padding: how much of a process's transparent huge pages nobody ever wrote to.
 *
 * The kernel clears a huge page when it is given out, and nothing tells which of its small pages
 * were written to since. But those that were not are zero. So the small pages of zeros within the
 * regions that can be huge pages (aligned, wholly resident, of a mapping that has some) bound the
 * padding from above: no page that was written to with anything but zeros counts. What a program
 * itself set to zero counts, as does what lies in such a region that has small pages after all.
 *
 * The process's memory is read (/proc/PID/mem), resident pages only, and none is changed.
 */
#pragma once

#include <stdint.h>

/* Bytes, of the process in `dir_fd` (/proc/PID), never more than its AnonHugePages of this moment,
 * which are left in `out_huge_bytes` (or NULL). -errno: it may not be read; -EFBIG: its mappings
 * with huge pages have more than 2 GiB. */
int64_t huge_padding_bytes(int dir_fd, int64_t *out_huge_bytes);
