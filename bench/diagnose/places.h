/*
 * places: where an allocator keeps free memory, from its own statistics: per size class, and per
 * arena where it tells. For memory that is retained: no call holds it any more.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "err.h"

enum { PLACE_NAME_MAX = 96 };

struct place_row {
    char name[PLACE_NAME_MAX]; /* "arena 1, chunks of 80 B", "pages of 64 B blocks" */
    int64_t free_bytes;
    int64_t used_bytes; /* -1: not told */
};

struct places {
    struct place_row *list;
    size_t count;
};

typedef int places_fn(const char *text, struct places *out, struct err *err);

/* malloc_info(3), jemalloc's JSON, gperftools' text of level 2, and mimalloc's areas. -EPROTO with
 * a sentence. */
places_fn places_read_glibc, places_read_jemalloc, places_read_tcmalloc, places_read_mimalloc;

/* The reader for the text, by how it begins; -EPROTO when none knows it. */
int places_read(const char *text, struct places *out, struct err *err);

/* The largest free first. */
void places_sort(struct places *places);

void places_release(struct places *places);
DEFINE_AUTO(places, places_release)
