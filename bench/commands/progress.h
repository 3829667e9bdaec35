/*
 * progress: what a person sees on stderr while a run goes on. On a terminal one line is redrawn;
 * elsewhere there is one line per finished trial.
 */
#pragma once

#include "runner.h"

void progress_update(void *context, const struct runner_progress *progress);
void progress_finished(void *context, const struct runner_progress *progress,
                       const struct record *record);
