/*
 * own_program: `heapchurn run … -- COMMAND`: a user's program as a workload without a file. What
 * was said on the command line becomes a workload file, which is read like any other: there is one
 * way in, and --save keeps it for the next time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "options.h"

struct own_program {
    struct option_words command;
    struct option_list ready; /* "port", "notify", "line:TEXT", "file:PATH", "check:COMMAND" */
    const char *load;
    const char *prepare;
    const char *work;
    const char *equal;
    const char *stop, *stop_command, *stop_status; /* "TERM"; a command; "7" or "any" */
    const char *user, *setup;
    struct option_list builds; /* "ALLOCATOR=COMMAND" */
    bool during;
    int64_t rounds, count; /* -1: not given */
    const char *agent;
    const char *save;
};

/* Was any of it given? */
bool own_program_given(const struct own_program *program);

/* Write the workload to `path`. -EINVAL with a sentence for what does not fit together; -errno. */
int own_program_write(const struct own_program *program, const char *path, struct err *err);

/* What the workload is called: the program's name, or that of the first build, as far as a file may
 * have it. There is one of them. Returns `out`. */
const char *own_program_name(const struct own_program *program, char *out, size_t size);
