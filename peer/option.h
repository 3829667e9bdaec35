/*
 * option: what the argp parsers of peer, proxy and churner share.
 *
 * A wrong value ends the program with a sentence and exit status OPTION_EXIT_USAGE.
 */
#pragma once

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    OPTION_EXIT_USAGE = 2,
    OPTION_EXIT_FAILED = 3, /* the environment did not allow it: address in use, no proxy */
};

/* argp_parse() with the project's version and exit status. */
void option_parse(const struct argp *argp, int argc, char **argv);

/* An option whose value is a whole number from `min` to `max`. */
struct option_number {
    int key; /* 0 ends a table */
    const char *name;
    int64_t min, max;
    int64_t *value;
};

/* Is `key` one of the numbers? Then its value is stored. */
bool option_number(const struct argp_state *state, const struct option_number *numbers, int key,
                   const char *text);

/* Seconds, with a fraction if wanted, from above 0 to a year, in ns. */
int64_t option_seconds_ns(const struct argp_state *state, const char *name, const char *text);
