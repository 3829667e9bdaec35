/*
 * live_text: what the live page and its events say.
 */
#pragma once

#include <stddef.h>

#include "live.h"

/* The page with everything in it. The caller frees. */
char *live_text_page(const struct live_show *show);

enum { LIVE_EVENT_MAX = 1024 };

/* {"kind":"point","trial":3,"attempt":1,"cycle":512,"ms":3400,"anon":1234,"rss":5678,
 *  "phase":"churn","left_s":90}: memory in KiB; left_s is -1 where it is not known yet. */
const char *live_text_point(const struct runner_progress *at, char *out, size_t size);

/* {"kind":"end","trial":3,"attempt":1,"outcome":"valid","noisy":0,"reason":"…"} */
const char *live_text_end(const struct runner_progress *at, const struct record *record, char *out,
                          size_t size);
