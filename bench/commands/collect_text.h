/*
 * collect_text: what is said when cells were collected.
 */
#pragma once

#include "collect.h"
#include "err.h"

/* Tells nobody. */
extern const struct measure_observer collect_in_silence;

/* Numbers of what is still to be carried out, one a line. */
void collect_print_missing(const struct collected *collected);

/* The answer on standard output; in `err` what is missing or refused, and the command that helps.
 * Returns the exit status. */
int collect_say(const char *dir, const struct collected *collected, struct err *err);
