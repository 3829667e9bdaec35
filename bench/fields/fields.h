/*
 * fields: a struct as a JSON object, described by a table, so that the writer and the reader of a
 * stored file are the same rows.
 *
 *     static const struct field table[] = {
 *         FIELD(struct host, FIELD_TEXT, kernel),
 *         FIELD(struct host, FIELD_I64, cores),
 *     };
 *
 * FIELD_I64 writes as null what is not in 0 to FIELD_I64_MAX, and reads null as -1: "not
 * available". It reads no other number, so that sums and differences of what was stored cannot
 * overflow. FIELD_TEXT owns its string; NULL is null.
 *
 * A field that came after the first release is a FIELD_LATER: in a run stored before it is absent,
 * which reads as not available.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define FIELD_I64_MAX (INT64_C(1) << 53) /* whole numbers up to here are exact everywhere */

enum field_kind {
    FIELD_I64,
    FIELD_SEED, /* one that nobody calculates with: 0 to INT64_MAX */
    FIELD_BOOL,
    FIELD_DOUBLE, /* null when not finite */
    FIELD_TEXT,
    FIELD_WORD, /* a text that is always there: null is refused */
    FIELD_NAME, /* an enum of int size, written as its name in `names` */
};

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
    const char *const *names; /* FIELD_NAME only; NULL-terminated */
    bool later;               /* may be absent; of a kind that reads null */
};

#define FIELD(type, kind, member)                          \
    {                                                      \
#member, kind, offsetof(type, member), NULL, false \
    }
#define FIELD_LATER(type, kind, member)                   \
    {                                                     \
#member, kind, offsetof(type, member), NULL, true \
    }
#define FIELD_ENUM(type, member, names_table)                           \
    {                                                                   \
#member, FIELD_NAME, offsetof(type, member), names_table, false \
    }

/* As a FIELD_I64 is written. */
json_t *fields_number(int64_t value);

/* A new object with every field of the table. */
json_t *fields_write(const struct field *table, size_t count, const void *from);

/* Fill `into` from `object`. Every field must be of its kind and, but for later ones, be there; or
 * -EINVAL naming it. */
int fields_read(const json_t *object, const struct field *table, size_t count, void *into,
                struct err *err);
