/*
 * mapping_marks: which anonymous mappings are stacks of threads, and which are an allocator's.
 *
 * The kernel names neither. A stack is what a living thread's stack pointer points into
 * (/proc/PID/task/TID/syscall, which tells nothing of a thread that runs at this moment), and what
 * looks like one: private anonymous memory right above a guard of at most 64 KiB without any
 * permission, with it or alone as large as a new thread's stack (RLIMIT_STACK, pthread_create(3))
 * or as a stack found by its pointer. So the stack of a thread that ended and was never joined
 * counts, too: glibc keeps its mapping. From glibc 2.42 and Linux 6.13 on the guard is no mapping
 * of its own (MADV_GUARD_INSTALL) and stacks lie in one: then it is told by what smaps calls "gu",
 * guards within, and "nh", which the kernel gives to what was mapped as a stack.
 *
 * An arena of glibc is a heap aligned to its size of 64 MiB, whose unused end has no permission
 * (HEAP_MAX_SIZE of malloc/arena.c); other allocators' memory is recognised where they name it
 * (prctl PR_SET_VMA: "[anon:jemalloc_pg]", "[anon: glibc: malloc]", "[anon:scudo:primary]").
 */
#pragma once

#include "mappings.h"

/* Marks in place. `stack_bytes`: the size of a new thread's stack; 0: not known. */
void mapping_marks_by_shape(struct mappings *mappings, uint64_t stack_bytes);

/* The same, and by the stack pointers of the process in `dir_fd` (/proc/PID). What may not be read
 * is left in `stacks_error`. */
void mapping_marks_set(int dir_fd, struct mappings *mappings);
