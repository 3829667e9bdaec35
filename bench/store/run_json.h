/*
 * run_json: run.json, what was asked of a run and where it was made.
 */
#pragma once

#include <jansson.h>

#include "err.h"
#include "store.h"

json_t *run_json_write(const struct run *run);
int run_json_read(const json_t *json, struct run *out, struct err *err);
