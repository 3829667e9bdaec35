/*
 * time_left: after the first trial of a run a person is told how long the rest takes, and what of
 * the command line would make it shorter.
 */
#pragma once

#include <stddef.h>

#include "planning.h"
#include "runner.h"

enum { TIME_LEFT_MAX = 240 };

/* Options that would, "-a glibc -a jemalloc -r 1 --quick --no-passes", of those that are not given;
 * "" without any. Returns `out`. */
const char *time_left_shorter(const struct planning *planning, char *out, size_t size);

/* "about 3 m 20 s until all trials are done…", without a newline; "" where it is under a minute, or
 * not known. `shorter` as above. Returns `out`. */
const char *time_left_sentence(const struct runner_progress *at, const char *shorter, char *out,
                               size_t size);
