/*
 * record_json: trial.json, everything of a record but its samples.
 */
#pragma once

#include <jansson.h>

#include "err.h"
#include "record.h"

json_t *record_json_write(const struct record *record);

/* `out_sample_count`: how many samples the file beside it holds; RECORD_NA in a trial that was
 * stored before this was written. */
int record_json_read(const json_t *json, struct record *out, int64_t *out_sample_count,
                     struct err *err);
