/*
 * fields: a struct as a JSON object, described by a table of fields (field.h), so that the writer
 * and the reader of a stored file are the same rows.
 *
 * FIELD_I64 writes as null what is not in 0 to FIELD_I64_MAX, and reads null as -1. It reads no
 * other number, so that sums and differences of what was stored cannot overflow. A text that is
 * NULL is null; of a FIELD_WORD null is refused.
 */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "field.h"

/* As a FIELD_I64 is written. */
json_t *fields_number(int64_t value);

/* A new object with every field of the table. */
json_t *fields_write(const struct field *table, size_t count, const void *from);

/* Fill `into` from `object`. Every field must be of its kind and, but for later ones, be there; or
 * -EINVAL naming it. */
int fields_read(const json_t *object, const struct field *table, size_t count, void *into,
                struct err *err);
