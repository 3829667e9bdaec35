/*
 * huge_pages: transparent huge pages of single processes. The mode of the machine is read, and
 * never touched.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "allocator.h"
#include "err.h"

/* Can a row have what it wants of them on this machine? `mode` is the machine's ("always",
 * "madvise", "never"; "" where it has none). -ENOTSUP with a sentence: they cannot be turned off
 * (an old kernel, or a container that forbids prctl), or there are none to ask for. */
int huge_pages_check(enum allocator_huge_pages wanted, const char *mode, struct err *err);

/* Does the kernel say that this process gets none? Before Linux 5.0 it does not say. */
bool huge_pages_are_off(pid_t pid);
