/*
 * answers: what a measured process says of its allocator, as lines of the control channel. Said by
 * programs that are linked with one allocator (subject.h), and by the agent in those that are not
 * (agent.h); the words are the same. Nothing here allocates or sends.
 */
#pragma once

#include "allocator.h"
#include "control.h"

struct ledger_counts;

/* One "option name= value=" line each, handed to `send`. */
typedef void answers_send_fn(void *context, struct control_line *line);
void answers_options(const struct allocator *row, struct control_line *line, answers_send_fn *send,
                     void *context);

/* " allocator= version= identity= library=PATH na.live_bytes=…" of "ready"; the file that brings
 * the allocator, as the loader found it. `counted`: the ledger tells live. */
void answers_ready(const struct allocator *row, const char *identity, bool counted,
                   struct control_line *line);

/* "stats live_bytes=… read_ns=…", to which the program may add counters. With `ledger` its count is
 * live, and the allocator's own stands beside it as own_live_bytes. */
void answers_stats(const struct allocator *row, const struct ledger_counts *ledger,
                   struct control_line *line);

/* Ask the allocator to give back; "released ns= call= reach=". */
void answers_release(const struct allocator *row, struct control_line *line);

/* The same, asked by a thread that never allocated: where the call reaches only the heap of who
 * calls, it is not made, and "released reach=" says why. */
void answers_release_outside(const struct allocator *row, struct control_line *line);

/* "dumped": the allocator's heap profiler has written a dump. It must have `dump_profile`. */
void answers_dump(const struct allocator *row, struct control_line *line);

/* "detail file=/run/x" in `line`: the allocator writes its statistics there; "detailed error=". */
void answers_detail(const struct allocator *row, struct control_line *line);
