/*
 * metric_release: was the subject asked to give memory back at all? What it occupied after a call
 * that nobody made is no number about that call.
 */
#pragma once

#include "metrics.h"

/* Why it was not, borrowed from the record or const; NULL: it was, or the trial never came there.
 */
const char *metric_not_released(const struct metric_input *input);
