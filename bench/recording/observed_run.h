/*
 * observed_run: a command run to its end, with everything that descends from it, and what memory it
 * had meanwhile. Nothing of ours is in it but, where there is a door, the code by which its
 * processes wait there when they end of themselves, so that the last look is at their end.
 *
 * Anonymous memory is looked at every 5 ms (statm), and of a single process the kernel tells the
 * peak, which may lie between two looks; how much of it is heap, that is not stacks nor pages of
 * files, as often as costs 2 % of a core (smaps), and in between taken for unchanged. Of exact runs
 * as often as costs 1 %, and in between taken to grow as the whole does; no peak is told that
 * nobody saw. Of several processes figures are sums.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "err.h"
#include "observed_door.h"
#include "trace_facts.h"

struct observed_request {
    const char *path;
    char *const *argv;        /* NULL-terminated */
    char *const *environment; /* NULL-terminated */
    bool exact; /* what is no heap in it grows as fast as the heap: the recorder's tables */
    bool quiet; /* nothing it prints is shown, and it has no input */
    const struct observed_door *door; /* NULL: nobody waits at one */
    int interrupt_fd; /* readable: it gets SIGINT, and is killed if that does not end it */
    void (*saw)(void *context, pid_t pid); /* now and then, each process of the tree; or NULL */
    void *context;
    /* Once, a second after the command has ended, where what it started goes on; or NULL. */
    void (*progress)(const char *what);
};

struct observed_end {
    int wait_status;
    bool interrupted;
};

/* 0, whatever became of it; -errno with a sentence when it could not be started. */
int observed_run(const struct observed_request *request, struct trace_run *out,
                 struct observed_end *out_end, struct err *err);
