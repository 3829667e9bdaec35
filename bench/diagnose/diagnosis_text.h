/*
 * diagnosis_text: what was found, on one screen.
 */
#pragma once

#include "diagnose.h"
#include "text_style.h"

/* One line per tool: sums, cost; then the sites of the tool that tells most, the known cause, and
 * which libraries have no symbols. */
void diagnosis_print(struct diagnosis *diagnoses, size_t count, const struct diagnosis *plain,
                     FILE *out, const struct text_style *style);

/* The largest sites of one moment, below a line with `head`. */
void diagnosis_print_sites(struct diagnosis *diagnosis, enum moment moment, const char *head,
                           FILE *out, const struct text_style *style);
