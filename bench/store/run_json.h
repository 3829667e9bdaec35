/*
 * run_json: run.json, what was asked of a run and where it was made.
 */
#pragma once

#include <jansson.h>

#include "err.h"
#include "store.h"

/* Could it be read back? -EINVAL with what is out of its range. */
int run_json_check(const struct run *run, struct err *err);

json_t *run_json_write(const struct run *run);
int run_json_read(const json_t *json, struct run *out, struct err *err);
