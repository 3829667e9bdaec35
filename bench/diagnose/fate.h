/*
 * fate: what became of the memory that grew: the application held it until it closed, or lost it.
 * A curve cannot tell these two apart; what is left when the program has ended can.
 */
#pragma once

#include "diagnose.h"

/* Was most of what grew without a tool still there when the program had ended, as it said itself?
 * false too where it does not say. */
bool fate_left_at_exit(const struct diagnosis *plain);

/* Did a tool find most of what grew lost at the end? */
bool fate_is_lost(const struct diagnosis *diagnoses, size_t count, const struct diagnosis *plain);

/* One sentence with the count of the tool that tells most exactly. NULL where no tool tells, or
 * nothing was lost and, by `grows`, there is nothing to explain. Returns `out`. */
const char *fate_sentence(const struct diagnosis *diagnoses, size_t count,
                          const struct diagnosis *plain, bool grows, char *out, size_t size);
