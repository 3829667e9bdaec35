/*
 * page: report.html as a whole, from page.html and the parts in html.h.
 */
#pragma once

#include <stdio.h>

#include "result.h"
#include "text_style.h"

void page_write(const struct result *result, FILE *out, const struct text_style *style);

/* Style or script as it may stand inside an element: what would end the element, or open a comment
 * in it, is broken by a backslash, which changes no string. */
void page_put_inline(FILE *out, const char *text);

/* The chart library with its licence, in a script element of its own. */
void page_put_library(FILE *out);
