/*
 * spec_keys: the keys of a workload file as one table. Parser, defaults, ranges, messages and
 * `heapchurn list --keys` all read these rows; a new key is one row and one member of struct
 * workload.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "spec.h"

enum spec_kind {
    SPEC_TEXT,     /* char *, not empty */
    SPEC_COUNT,    /* int64_t */
    SPEC_FLAG,     /* bool: true or false */
    SPEC_CHOICE,   /* an enum: one of `choices`, stored as its index */
    SPEC_BYTES,    /* int64_t: "64 KiB" */
    SPEC_DURATION, /* int64_t ns: "500ms" */
};

struct spec_key {
    const char *name;
    enum spec_kind kind;
    size_t offset;       /* of the member of struct workload */
    int64_t least, most; /* of numbers, in the unit of the member; both ends allowed */
    const char *const *choices;
    const char *fallback; /* used when the key is absent, written as in a file; NULL: required */
    const char *sentence; /* what it means */
};

enum { SPEC_KEYS_MAX = 32 };

extern const struct spec_key spec_keys[]; /* ends with name NULL */
extern const char *const spec_kind_names[];

/* Parse `text` as the value of `key` and store it in `out`. -EINVAL, -ERANGE, with a sentence that
 * says what was found and what was expected. */
int spec_key_store(const struct spec_key *key, const char *text, struct workload *out,
                   struct err *err);

/* "1 to 128", "none, poll, send, events or pollset", "true or false": what a value may be. */
const char *spec_key_expected(const struct spec_key *key, char *out, size_t size);
