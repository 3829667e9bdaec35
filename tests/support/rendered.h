/*
 * rendered: a report as text, and what it has to read like.
 *
 * Golden texts are in tests/data/reports/. With HEAPCHURN_UPDATE_GOLDEN set they are written anew
 * instead of compared: read the difference before it is kept. All of it fails the running test
 * where something is amiss; what is returned is the caller's to free.
 */
#pragma once

#include "store.h"
#include "text_style.h"

char *rendered_text(const char *format, const struct stored_run *stored,
                    const struct text_style *style);

/* A whole file. */
char *rendered_file(const char *path);

void rendered_matches(const char *text, const char *golden);
