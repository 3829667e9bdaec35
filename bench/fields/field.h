/*
 * field: a struct described by a table. One row is one value: how it is stored in JSON, how a
 * person writes it in a YAML file, which values are good, what is said of it, and whether two of
 * them are the same.
 *
 *     static const struct field table[] = {
 *         FIELD(struct host, FIELD_TEXT, kernel),
 *         FIELD(struct host, FIELD_I64, cores),
 *         {.key = "life", .kind = FIELD_DURATION, FIELD_AT(struct workload, life_ns), …},
 *         {.name = NULL},
 *     };
 *
 * A name is that of the member; a dot in it leads into an object: "session.blocks" is stored as
 * "session": {"blocks": …}. A key is what people write, with dots alike: "ready.within".
 *
 * FIELD_I64 writes as null what is not in 0 to FIELD_I64_MAX, and reads null as -1: "not
 * available". It reads no other number, so that sums and differences of what was stored cannot
 * overflow.
 *
 * A value that came after the first release is `later`: in a run stored before it is absent, which
 * reads as its fallback, or without one as not available.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"

#define FIELD_I64_MAX (INT64_C(1) << 53) /* whole numbers up to here are exact everywhere */

/* Rows of a table that is read from files of people; length of a word of a name or key. */
enum { FIELDS_MAX = 128, FIELD_NAME_MAX = 64 };

enum field_kind {
    FIELD_I64,
    /* 0 to INT64_MAX, which nobody calculates with: stored as text, since a JSON number does not
     * hold all of its digits everywhere. A number was written by earlier versions. */
    FIELD_SEED,
    FIELD_BOOL,
    FIELD_DOUBLE,   /* null when not finite */
    FIELD_TEXT,     /* char *, owned; NULL is null */
    FIELD_WORD,     /* a text that is always there: null is refused */
    FIELD_NAME,     /* an enum of int size, written as its name in `names` */
    FIELD_COUNT,    /* int64_t, in least to most */
    FIELD_BYTES,    /* likewise, for people "64 KiB" */
    FIELD_DURATION, /* likewise in ns, for people "500ms" */
    FIELD_WORDS, /* char **, NULL-terminated, owned; in a file a list, or words in one text, quoted
                    as in a shell */
    FIELD_PAIRS, /* likewise, a name and a text in turn; in a file a map */
    FIELD_LIST,  /* an array of structs, described by `list` */
};

struct field_list {
    const struct field *fields; /* ends with name NULL */
    size_t size;                /* of one struct */
    size_t count_offset;        /* of the member that counts them, a size_t */
    const char *item;           /* "row": what one is called in messages */
};

struct field {
    const char *name; /* NULL ends a table */
    enum field_kind kind;
    size_t offset;
    const char *const *names; /* FIELD_NAME only; NULL-terminated */
    bool later;               /* may be absent where it is stored */
    const char *kernel_key;   /* the line of smaps_rollup it is, where it is one; else NULL */
    const char *share_key;    /* and of a process that shares it with others, its share; or NULL */
    const char *sentence;     /* what it means; NULL where its name says it */

    /* Values that people write. */
    const char *key;     /* NULL: this one is not written by people */
    int64_t least, most; /* of numbers; both ends allowed */
    /* Used when the key is absent, written as in a file; "" leaves the member 0 or NULL. NULL:
     * required, within a group ("ready.within") where the group is given. */
    const char *fallback;
    bool descriptive;              /* does not change what is measured: may differ between runs */
    const struct field_list *list; /* FIELD_LIST only */
};

#define FIELD_AT(type, member) .name = #member, .offset = offsetof(type, member)
#define FIELD(type, of_kind, member)              \
    {                                             \
        FIELD_AT(type, member), .kind = (of_kind) \
    }
#define FIELD_LATER(type, of_kind, member)                       \
    {                                                            \
        FIELD_AT(type, member), .kind = (of_kind), .later = true \
    }
#define FIELD_ENUM(type, member, names_table)                              \
    {                                                                      \
        FIELD_AT(type, member), .kind = FIELD_NAME, .names = (names_table) \
    }

/* Rows of a table that ends with name NULL. */
size_t fields_count(const struct field *table);

/* The row with this key; NULL: none. */
const struct field *fields_find_key(const struct field *table, const char *key);

/* Parse `text`, as a person wrote it, into the member of `into`. No list, no map. -EINVAL, -ERANGE,
 * with a sentence that says what was found and what was expected. */
int field_parse(const struct field *field, const char *text, void *into, struct err *err);

/* The words of a text, as those of FIELD_WORDS are read: quotes keep a word together.
 * NULL-terminated; the caller frees each, and the list. */
char **field_words(const char *text);

/* "a whole number from 1 to 128", "none, poll or send": what a value may be. Returns `out`. */
const char *field_expected(const struct field *field, char *out, size_t size);

/* The member of `from` as a person would write it. No FIELD_LIST. The caller frees. */
char *field_text(const struct field *field, const void *from);

/* Every number of the table within its range, or -EINVAL naming it. */
int fields_check(const struct field *table, const void *from, struct err *err);

/* One line for each value that two structs do not share and that is not descriptive:
 * "BEFOREkey: 2 s here, 3 s there". */
void fields_differences(const struct field *table, const char *before, const void *here,
                        const void *there, FILE *out);

/* Free what the members own, and clear them. */
void fields_release(const struct field *table, void *of);

/* The member, for those who walk over tables. */
static inline void *field_member(const struct field *field, void *of)
{
    return (char *)of + field->offset;
}

static inline const void *field_member_of(const struct field *field, const void *of)
{
    return (const char *)of + field->offset;
}

static inline int64_t *field_i64(const struct field *field, void *of)
{
    return field_member(field, of);
}

static inline int64_t field_get_i64(const struct field *field, const void *of)
{
    return *(const int64_t *)field_member_of(field, of);
}

/* Every FIELD_I64 of the table is not available. */
static inline void fields_clear(const struct field *table, size_t count, void *of)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].kind == FIELD_I64)
            *field_i64(&table[i], of) = -1;
}
