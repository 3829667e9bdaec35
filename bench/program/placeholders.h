/*
 * placeholders: commands of people with what a trial fills in.
 *
 *     {port}     a free TCP port of the loopback interface, the same for the whole trial
 *     {data}     an empty folder of the trial's own
 *     {round}    the round, from 0
 *     {seed}     the workload's seed
 *     {count}    what one round counts
 *     {folder}   the folder of the workload file
 *     {file:T}   the file T of that folder, with its placeholders filled in, as a file in {data}
 *
 * A word stays one word whatever is put into it. Any other text in braces is left as it is.
 */
#pragma once

#include <stdint.h>

#include "err.h"
#include "words.h"

struct placeholders {
    const char *data;
    const char *folder;
    int64_t port, round, seed, count;
};

/* Add `command`, filled in, to `out`. -errno with a sentence when a template cannot be read or its
 * copy not written. */
int placeholders_fill(const struct placeholders *placeholders, char *const *command,
                      struct words *out, struct err *err);
