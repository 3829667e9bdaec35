/*
 * pass_json: pass.json, everything of a pass but the trial it was made by.
 */
#pragma once

#include <jansson.h>

#include "err.h"
#include "pass.h"

json_t *pass_json_write(const struct pass *pass);
int pass_json_read(const json_t *json, struct pass *out, struct err *err);
