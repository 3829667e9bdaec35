/*
 * field: one member of a struct that is stored, as one row. Readers and writers of files, exporters
 * and documentation read these rows, so that a new member is one row and no other edit.
 *
 *     static const struct field table[] = {
 *         FIELD(struct host, FIELD_TEXT, kernel),
 *         FIELD(struct host, FIELD_I64, cores),
 *     };
 *
 * FIELD_I64 is a whole number from 0 to FIELD_I64_MAX, or -1: "not available". FIELD_TEXT owns its
 * string, or is NULL.
 *
 * A field that came after the first release is a FIELD_LATER: in a run stored before it is absent,
 * which reads as not available.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIELD_I64_MAX (INT64_C(1) << 53) /* whole numbers up to here are exact everywhere */

enum field_kind {
    FIELD_I64,
    /* 0 to INT64_MAX, which nobody calculates with: as text, since a JSON number does not hold all
     * of its digits everywhere. A number was written by earlier versions. */
    FIELD_SEED,
    FIELD_BOOL,
    FIELD_DOUBLE, /* not available when not finite */
    FIELD_TEXT,
    FIELD_WORD, /* a text that is always there */
    FIELD_NAME, /* an enum of int size, written as its name in `names` */
};

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
    const char *const *names; /* FIELD_NAME only; NULL-terminated */
    bool later;               /* may be absent; of a kind that can be not available */
    const char *kernel_key;   /* the line of smaps_rollup it is, where it is one; else NULL */
    const char *sentence;     /* what it means; NULL where its name says it */
};

#define FIELD(type, of_kind, member)                                         \
    {                                                                        \
        .name = #member, .kind = (of_kind), .offset = offsetof(type, member) \
    }
#define FIELD_LATER(type, of_kind, member)                                                  \
    {                                                                                       \
        .name = #member, .kind = (of_kind), .offset = offsetof(type, member), .later = true \
    }
#define FIELD_ENUM(type, member, names_table)                                  \
    {                                                                          \
        .name = #member, .kind = FIELD_NAME, .offset = offsetof(type, member), \
        .names = (names_table)                                                 \
    }

static inline int64_t *field_i64(const struct field *field, void *of)
{
    return (int64_t *)(void *)((char *)of + field->offset);
}

static inline int64_t field_get_i64(const struct field *field, const void *of)
{
    return *(const int64_t *)(const void *)((const char *)of + field->offset);
}

/* Every FIELD_I64 of the table is not available. */
static inline void fields_clear(const struct field *table, size_t count, void *of)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].kind == FIELD_I64)
            *field_i64(&table[i], of) = -1;
}
