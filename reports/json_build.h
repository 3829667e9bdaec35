/*
 * json_build: JSON documents put together, for the formats that are JSON. Running out of memory is
 * the only way for jansson's makers to fail, and ends the program.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* `json`, which must not be NULL. */
json_t *json_build(json_t *json);

/* Both take `value` over. */
void json_build_put(json_t *object, const char *key, json_t *value);
void json_build_push(json_t *array, json_t *value);

/* As json_text() (json_file.h). */
json_t *json_build_text(const char *text);

/* Whole numbers without a fraction, and null for what is not a number. */
json_t *json_build_number(double value);

/* null for what is negative: not available. */
json_t *json_build_count(int64_t value);

/* `json`, which is given up, in one line that may stand in a script element of a page. */
void json_build_embed(json_t *json, FILE *out);
