/*
 * progress: what a person sees on stderr while a run goes on, and, where that is asked for, on a
 * page. On a terminal one line is redrawn; elsewhere there is one line per finished trial.
 *
 *     struct progress progress = {.live = true};
 *     const struct measure_observer observer = progress_observer(&progress);
 */
#pragma once

#include <stdbool.h>

#include "live.h"
#include "measure.h"

struct progress {
    bool live;           /* show a page too (live.h) */
    const char *shorter; /* options that would make it so (time_left.h); NULL: tell nothing */
    struct live *page;   /* while it is shown */
    const struct measure_view *view;
    bool *shared; /* of a workload, that it was told what malloc serves of it */
};

/* `progress` is borrowed. */
struct measure_observer progress_observer(struct progress *progress);
