/*
 * findings_text: what attribution found, for a person: a paragraph per finding, the largest first;
 * then what is odd about the data.
 */
#pragma once

#include <stdbool.h>

#include "attribution.h"
#include "text_style.h"

/* Growth is told per `axis`: "cycle". `next`: each with what to do next. */
void findings_text_print(const struct attribution *attribution, const char *axis, bool next,
                         const struct text_style *style);
