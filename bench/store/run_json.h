/*
 * run_json: run.json, struct run (run.h) as it is stored.
 */
#pragma once

#include <jansson.h>

#include "err.h"
#include "run.h"

/* Could it be read back? -EINVAL with what is out of its range. */
int run_json_check(const struct run *run, struct err *err);

json_t *run_json_write(const struct run *run);
int run_json_read(const json_t *json, struct run *out, struct err *err);
