/*
 * findings_text: what attribution found, for a person: a paragraph per finding, the largest first,
 * each with what to do next; then what is odd about the data.
 */
#pragma once

#include "attribution.h"
#include "text_style.h"

/* Growth is told per `axis`: "cycle". */
void findings_text_print(const struct attribution *attribution, const char *axis,
                         const struct text_style *style);
