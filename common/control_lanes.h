/*
 * control_lanes: the lines of control.h over shared memory, for processes that can have no socket:
 * those that fork under a seccomp filter, or after they changed both their root and their network
 * namespace. The driver makes a memory file, processes map it and hand the mapping to what they
 * fork; waiting is a futex, and so a line costs one system call (FUTEX_WAKE) and no descriptor.
 *
 * A lane belongs to one process at a time; whose turn it is stands in its state:
 *
 *     FREE     nobody's; a process takes it with lanes_take()
 *     AGENT    the process may write
 *     SAID     what the process wrote waits for the driver, who gives the turn back as QUIET
 *     QUIET    whoever comes first may write
 *     DRIVER   the driver writes
 *     ASKED    what the driver wrote waits for the process, who takes it and has the turn
 *
 * The memory is shared with a program: the driver takes nothing from it that it does not bound, and
 * copies before it looks. The file cannot be made shorter (F_SEAL_SHRINK).
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "control.h"
#include "err.h"

enum { LANES = 64 };

enum lane_state { LANE_FREE, LANE_AGENT, LANE_SAID, LANE_QUIET, LANE_DRIVER, LANE_ASKED };

struct lane {
    _Atomic uint32_t state; /* of enum lane_state; a futex */
    uint32_t length;
    char text[CONTROL_LINE_MAX];
};

struct lanes {
    uint32_t layout;       /* that of this very build */
    uint32_t filters;      /* the driver's own, of seccomp: who has no more is as free as it is */
    _Atomic uint32_t said; /* goes up with every line for the driver; a futex */
    struct lane lane[LANES];
};

/* How many seccomp filters a process is under: `status` is its file in /proc. */
int64_t lanes_filters(const char *status);

/* The driver's file and mapping. -errno with a sentence. */
int lanes_make(int *out_fd, struct lanes **out, struct err *err);

/* The same memory in another process; NULL: `path` is none of it. */
struct lanes *lanes_map(const char *path);
void lanes_unmap(struct lanes *lanes);

/* A process's side. Nothing here allocates. NULL: all lanes are taken. */
struct lane *lanes_take(struct lanes *lanes);

/* Wait for the turn until then (CLOCK_MONOTONIC), and say it. 0, -ETIMEDOUT, -EMSGSIZE. */
int lane_say(struct lanes *lanes, struct lane *lane, const struct control_line *line,
             int64_t until_ns);

/* Wait for a line of the driver, for ever. 0, -EPROTO. */
int lane_hear(struct lane *lane, struct control_line *out);

/* The driver's side. Waits until `said` is another than `seen`. */
void lanes_await(struct lanes *lanes, uint32_t seen);
/* As if somebody had said something. */
void lanes_ring(struct lanes *lanes);
/* What was said last, if there is something. */
bool lane_collect(struct lane *lane, struct control_line *out);
bool lane_is_quiet(const struct lane *lane);
/* -EAGAIN: it is not quiet. */
int lane_ask(struct lane *lane, const struct control_line *line);
/* Its process is gone. */
void lane_clear(struct lane *lane);
