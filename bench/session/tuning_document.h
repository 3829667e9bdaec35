/*
 * tuning_document: DIR/tune.json, what was asked of a tuning and how much of its budget is spent.
 * Internal to session/.
 */
#pragma once

#include <jansson.h>

#include "tuning.h"

int tuning_document_save(const struct tuning *tuning, struct err *err);

/* -EINVAL with a sentence for one of another format, or that makes no sense. */
int tuning_document_read(const char *path, const json_t *document, struct tuning *out,
                         struct err *err);
