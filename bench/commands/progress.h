/*
 * progress: what a person sees on stderr while a run goes on. On a terminal one line is redrawn;
 * elsewhere there is one line per finished trial.
 */
#pragma once

#include "measure.h"

extern const struct measure_observer progress_observer;
