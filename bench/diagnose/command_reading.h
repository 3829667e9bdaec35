/*
 * command_reading: what a tool saw of a command that is no workload: of its own process, and of
 * those that it forked where the tool follows them. "Saw nothing" is told from "lost nothing".
 */
#pragma once

#include "diagnose.h"

struct command_reading {
    struct diagnosis first; /* of the process that was started */
    struct diagnosis worst; /* of the one that it forked and that lost most; .process 0: none.
                               What it inherited counts as its own. */
    size_t forked;          /* processes that the tool followed, but the first */
    size_t unfinished;      /* those of all that left no whole report */
    int64_t allocations;    /* that the tool saw in all of them; AMOUNT_NA: not told */
};

/* `folder` is where the tool wrote to, `process` the one that was started, `ended`: it came to its
 * end by itself. What cannot be read is told in the diagnoses. */
void command_reading_read(const struct tool *tool, const char *folder, int64_t process, bool ended,
                          int interrupt_fd, struct command_reading *out);

/* Bytes and blocks lost; AMOUNT_NA where it is not told. */
struct amount command_reading_lost(const struct command_reading *reading);

/* The diagnosis that the answer is about: the first, or the worst where the first lost nothing. */
struct diagnosis *command_reading_main(struct command_reading *reading);

void command_reading_release(struct command_reading *reading);
DEFINE_AUTO(command_reading, command_reading_release)
