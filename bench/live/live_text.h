/*
 * live_text: what the live page and its events say. The caller frees all of it.
 */
#pragma once

#include "measure.h"
#include "runner.h"

/* The page with everything in it. */
char *live_text_page(const struct measure_view *show);

/* {"kind":"point","trial":3,"attempt":1,"cycle":512,"ms":3400,"anon":1234,"rss":5678,
 *  "phase":"churn","left_s":90}: memory in KiB; left_s is -1 where it is not known yet. */
char *live_text_point(const struct runner_progress *at);

/* {"kind":"end","trial":3,"attempt":1,"outcome":"valid","noisy":0,"reason":"…"} */
char *live_text_end(const struct runner_progress *at, const struct record *record);
