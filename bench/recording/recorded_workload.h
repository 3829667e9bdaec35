/*
 * recorded_workload: a trial of a workload, of which a recording is made, or which is the original
 * of one. Internal to recording/.
 *
 * The primary role has a tool in both cases (trial.h), so that it does the same in both. Looks and
 * times are those up to the end of the load, which is the end of the trace, too (recording_end()).
 */
#pragma once

#include "recorded_command.h"

/* `environment` is what the recorder needs, NULL: none is there; phases are told to `recording`,
 * NULL likewise. -ECANCELED with a sentence: the trial came to nothing; -EINTR. */
int recorded_workload_run(const struct recorded_request *request, const char *allocator,
                          char *const *environment, struct recording *recording,
                          struct trace_run *out, int64_t *out_cycles, struct err *err);
