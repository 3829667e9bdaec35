/*
 * json_file: a JSON file read and written whole; errors name file, line and column. Texts go in
 * through json_text().
 */
#pragma once

#include <jansson.h>

#include "err.h"
#include "json_text.h"

/* A new reference, or NULL with a sentence. */
json_t *json_file_load(const char *path, struct err *err);

/* Indented, keys in the order they were added, under a temporary name and then renamed. */
int json_file_save(const char *path, const json_t *value, struct err *err);

static inline void cleanup_json(json_t **value)
{
    json_decref(*value);
}
#define AUTO_JSON __attribute__((cleanup(cleanup_json)))
