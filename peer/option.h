/*
 * option: what the argp parsers of peer, proxy and churner share.
 *
 * A wrong value ends the program with a sentence and exit status OPTION_EXIT_USAGE.
 */
#pragma once

#include <argp.h>
#include <stdint.h>

enum {
    OPTION_EXIT_USAGE = 2,
    OPTION_EXIT_FAILED = 3, /* the environment did not allow it: address in use, no proxy */
};

/* argp_parse() with the project's version and exit status. */
void option_parse(const struct argp *argp, int argc, char **argv);

/* A whole number from `min` to `max`; `name` is the option for the sentence. */
int64_t option_i64(const struct argp_state *state, const char *name, const char *text, int64_t min,
                   int64_t max);

/* Seconds, with a fraction if wanted, from above 0 to a year, in ns. */
int64_t option_seconds_ns(const struct argp_state *state, const char *name, const char *text);
