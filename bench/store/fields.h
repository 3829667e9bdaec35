/*
 * fields: a struct as a JSON object, described by a table, so that the writer and the reader of a
 * stored file are the same rows.
 *
 *     static const struct field table[] = {
 *         FIELD(struct host, FIELD_TEXT, kernel),
 *         FIELD(struct host, FIELD_I64, cores),
 *     };
 *
 * FIELD_I64 writes negative values as null and reads null as -1: "not available". FIELD_TEXT owns
 * its string; NULL is null.
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "err.h"

enum field_kind {
    FIELD_I64,
    FIELD_BOOL,
    FIELD_DOUBLE, /* null when not finite */
    FIELD_TEXT,
    FIELD_NAME, /* an enum of int size, written as its name in `names` */
};

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
    const char *const *names; /* FIELD_NAME only; NULL-terminated */
};

#define FIELD(type, kind, member)                   \
    {                                               \
#member, kind, offsetof(type, member), NULL \
    }
#define FIELD_ENUM(type, member, names_table)                    \
    {                                                            \
#member, FIELD_NAME, offsetof(type, member), names_table \
    }

/* A new object with every field of the table. */
json_t *fields_write(const struct field *table, size_t count, const void *from);

/* Fill `into` from `object`. Every field must be there and of its kind, or -EINVAL naming it. */
int fields_read(const json_t *object, const struct field *table, size_t count, void *into,
                struct err *err);
