/*
 * recorder: writes down what a program allocates and gives back.
 *
 *     LD_PRELOAD=libheapchurn-record.so HEAPCHURN_RECORD=NAME program
 *
 * A preloaded library that stands before whatever allocator serves the program, passes every call
 * on, and writes events into a file that `heapchurn record` made (bench/recording): the raw form of
 * replay/trace_format.h, shared by all processes of the tree, so that whoever is killed loses
 * nothing. malloc, free, calloc, realloc, reallocarray, posix_memalign, aligned_alloc, memalign,
 * valloc, pvalloc, and operator new and delete in every form.
 *
 * How it works, file by file:
 *
 *     recorder_malloc, recorder_new    the calls; each is passed on to the next of its name
 *     recorder_hot                     what each call does when all is well: no lock, no atomic
 *     recorder_calls                   what it does when not
 *     recorder_thread                  streams, chunks, the clock, fork, the end
 *     recorder_names                   which block has which name: the two-level shadow table
 *     recorder_file                    the file in the address space; slots for chunks
 *     recorder_attach                  how a process comes to it
 *     recorder_touch                   how far large blocks were written, and when
 *     recorder_extent                  how that is seen
 *
 * The file comes through a socket, in the first call of the process, which may be before main: so
 * programs that change their root or their user and execute another are recorded too, and whoever
 * could not be is heard of with a reason. No descriptor is kept, no thread is started; memory is
 * mapped for the table (8 bytes for every 32 of the heap, where blocks begin), 1 MiB for the states
 * of threads, and the file's size of address space, of an eighth of RLIMIT_AS at most.
 *
 * What the program can notice: requests are served with at least 24 bytes on glibc, which gives
 * that anyhow, and with 32 on other allocators, so that no two blocks share an entry; fresh blocks
 * of touch_least_bytes read as zeros, but for marks (recorder_extent.h); huge pages are off while
 * touches are recorded; time. Under a seccomp filter that kills for mmap, mprotect, madvise,
 * mincore, msync, openat or process_vm_readv it is killed.
 */
#pragma once

#include <stdint.h>

#include "trace_format.h"

/* Where `heapchurn record` listens: as AGENT_NAME_ENV and AGENT_PATH_ENV (agent/agent.h). */
#define RECORDER_NAME_ENV "HEAPCHURN_RECORD"
#define RECORDER_PATH_ENV "HEAPCHURN_RECORD_PATH"

enum {
    RECORDER_BUMP_BYTES = 512,
    RECORDER_POOL_SLOTS = 256,
    RECORDER_TEXT_MAX = 256,
    RECORDER_PROGRAM_MAX = 1024,
};

#define RECORDER_LIBRARY "libheapchurn-record.so"

/* What recorders of all processes share beside what readers need: trace_control.recorder. Atomics.
 */
struct recorder_shared {
    uint32_t slots;        /* of the file, slot 0 included */
    uint32_t next_slot;    /* nobody had this one and those behind it */
    uint32_t live_streams; /* at least; those of killed processes too */
    uint32_t full;    /* errno with which a slot was refused; then nothing is written any more */
    uint32_t refused; /* errno with which the kernel kept a recorder from reading by
                       * process_vm_readv(2) in its own process */
    uint64_t nameless_memory; /* mappings of recorders that look like the program's own */
    /* Slots with room, of threads that have ended, or made by the driver: slot << 32 | offset; 0:
     * none. */
    _Alignas(64) uint64_t pool[RECORDER_POOL_SLOTS];
};

_Static_assert(sizeof(struct recorder_shared) <= sizeof(((struct trace_control *)0)->recorder),
               "in the control page");

static inline struct recorder_shared *recorder_shared(struct trace_control *control)
{
    return (struct recorder_shared *)(void *)control->recorder;
}

/* On the socket: the driver sends the size of the file, and its descriptor (SCM_RIGHTS); the
 * process answers. */
struct recorder_welcome {
    uint64_t file_bytes;
};

struct recorder_hello {
    uint32_t image; /* 0: it is not recorded, since … */
    char reason[RECORDER_TEXT_MAX];
    char program[RECORDER_PROGRAM_MAX]; /* /proc/self/exe */
};

/* A program that wants to be found again in its trace: a mark in the calling thread's stream. Weak
 * in the program: without the recorder it is not there.
 *
 *     extern void heapchurn_mark(const char *text) __attribute__((weak));
 *     if (heapchurn_mark)
 *         heapchurn_mark("index loaded");
 */
#define RECORDER_MARK "heapchurn_mark"
void heapchurn_mark(const char *text);
