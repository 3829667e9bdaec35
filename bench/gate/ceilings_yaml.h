/*
 * ceilings_yaml: a ceilings file as texts and their places. libcyaml reads it, libyaml knows where
 * each text stands.
 */
#pragma once

#include <stddef.h>

#include "cleanup.h"
#include "err.h"

enum { CEILINGS_KEYS_MAX = 5 };

/* The keys of an item, in the order of its texts; ends with NULL. */
extern const char *const ceilings_item_keys[]; /* workload, row, subject, metric, at_most */
extern const char *const ceilings_leak_keys[]; /* workload, row, why */

struct ceilings_place {
    int line, column; /* from 1 */
};

struct ceilings_texts {
    char *text[CEILINGS_KEYS_MAX]; /* one per key of its list, none NULL */
};

struct ceilings_yaml {
    struct ceilings_document *document; /* what libcyaml made; owns the texts */
    struct ceilings_texts *items, *leaks;
    size_t item_count, leak_count;
    struct ceilings_place *item_places, *leak_places; /* [index * CEILINGS_KEYS_MAX + key] */
};

int ceilings_yaml_read(const char *path, struct ceilings_yaml *out, struct err *err);
void ceilings_yaml_release(struct ceilings_yaml *yaml);
DEFINE_AUTO(ceilings_yaml, ceilings_yaml_release)
