/*
 * fake_executor: plays trials and passes instead of carrying them out, so that what asks for them
 * is tested without a process and without a clock.
 *
 *     struct fake_executor fake = {.script = "vnv", .make = fake_plain};
 *     const struct executor executor = fake_executor(&fake);
 *     … runner_run() …
 *     assert_string_equal(fake.log, "[1.1v 2.1n 2.2v]");      [ ] around a cell
 *
 * One letter of the script per trial, in the order they are asked for; where it ends all are "v":
 *
 *     v  valid and quiet      n  valid and noisy      f  failed       i  invalid
 *     x  interrupted          e  the harness breaks   l  lost: never brought back
 *
 * and of the script of passes: v figures, u not available, x interrupted, e the harness breaks.
 */
#pragma once

#include "executor.h"

struct fake_executor {
    const char *script;
    const char *passes;
    /* What is measured, before the script's outcome is put on it. */
    void (*make)(const struct cell *cell, const struct cell_trial *trial, int64_t attempt,
                 struct record *out);
    bool elsewhere; /* cells come back in another order, and nobody is asked for repetitions */
    char *host;     /* that it says it is on; NULL: "fake" */
    char log[2048];
    size_t pass_count;
};

struct executor fake_executor(struct fake_executor *fake);

/* A record with nothing but its names. */
void fake_plain(const struct cell *cell, const struct cell_trial *trial, int64_t attempt,
                struct record *out);
