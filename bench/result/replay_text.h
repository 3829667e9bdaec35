/*
 * replay_text: what is said of how near a replay comes (replay_check.h). Internal to result/.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

struct replay_check;
struct result_row;

/* Of a graded one. `why`: what the trace lacks; NULL: nothing. The caller frees. */
char *replay_text(const struct replay_check *check, const struct result_row *played,
                  const char *why);

/* From which on differences of memory are told apart: "3.1 %", "3.1 % at the peak and 8 % at the
 * end". */
void replay_text_apart(FILE *out, const struct replay_check *check);

/* Of the row's first trial; RECORD_NA: it is not told. */
int64_t replay_text_counter(const struct result_row *row, const char *name);
