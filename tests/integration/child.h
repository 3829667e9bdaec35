/*
 * child: a program of the project started with a control channel, for tests.
 *
 * Everything asserts; every wait has a deadline. A child dies with the test program.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "control.h"

enum { CHILD_DEADLINE_MS = 30000, CHILD_ARGUMENTS_MAX = 24 };

struct child {
    pid_t pid;                /* 0: not running */
    int fd;                   /* our end of the control channel */
    struct control_line line; /* the last one received */
};

/* Start TEST_BIN_DIR/program; arguments end with NULL. stderr of the child goes to /dev/null. */
void child_start(struct child *child, const char *program, const char *const *arguments);

/* Send a request. */
void child_ask(struct child *child, const char *request);

/* Receive lines until one has this verb; "option" and "progress" are passed over, any other fails
 * the test. The line stays in child->line. */
void child_expect(struct child *child, const char *verb);

/* A value of the last line. */
int64_t child_value(const struct child *child, const char *key);
const char *child_text(const struct child *child, const char *key);

/* Wait for its end; the exit status, or 128 + signal. */
int child_wait(struct child *child);

/* Send a signal. */
void child_signal(struct child *child, int number);

/* Kill and reap whatever runs; also a zeroed child. */
void child_end(struct child *child);
