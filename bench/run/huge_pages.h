/*
 * huge_pages: transparent huge pages of single processes. The mode of the machine is read, and
 * never touched.
 */
#pragma once

#include <sys/types.h>

#include "allocator.h"
#include "err.h"

/* Can a row have what it wants of them on this machine? `mode` is the machine's ("always",
 * "madvise", "never"; "" where it has none). -ENOTSUP with a sentence: they cannot be turned off
 * (an old kernel, or a container that forbids prctl), or there are none to ask for. */
int huge_pages_check(enum allocator_huge_pages wanted, const char *mode, struct err *err);

/* What the kernel says of this process: 0: it gets none; 1: it may get some; -1: nothing, as before
 * Linux 5.0, and of a process that has ended. */
int huge_pages_told(pid_t pid);
