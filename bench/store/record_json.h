/*
 * record_json: trial.json, everything of a record but its samples.
 */
#pragma once

#include <jansson.h>

#include "err.h"
#include "record.h"

json_t *record_json_write(const struct record *record);
int record_json_read(const json_t *json, struct record *out, struct err *err);
