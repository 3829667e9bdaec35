/*
 * sites: where memory is allocated, as an answer for a person.
 *
 * Of each stack the first call outside allocators, the C++ runtime and the containers is its site;
 * stacks with the same site and the same callers are added up. A call in a library without symbols
 * has no name, whatever a tool says (it would be that of the nearest exported function, often a
 * wrong one): it is shown as the library and a place in it.
 */
#pragma once

#include <stdbool.h>

#include "stacks.h"

enum { SITE_TEXT_MAX = 160 };

struct site {
    struct amount amount[MOMENT_COUNT]; /* {0, 0}: none at that moment */
    char where[SITE_TEXT_MAX];          /* "zmq::pipepair", or "libzmq.so.5 at 0x3c659" */
    char source[SITE_TEXT_MAX];         /* "pipe.cpp:43"; "" unknown */
    char via[SITE_TEXT_MAX];            /* its callers, nearest first: "a < b < c"; "" unknown */
    struct frame frame;                 /* borrowed from the stacks */
};

struct sites {
    struct site *list;
    size_t count;
};

void sites_build(const struct stacks *stacks, struct sites *out);

/* Largest first by the bytes of one moment. */
void sites_sort(struct sites *sites, enum moment moment);

/* Would symbols of its library name it? Not where an allocator or the C++ runtime calls for
 * somebody whom the tool does not tell. */
bool site_lacks_symbols(const struct site *site);

void sites_release(struct sites *sites);
DEFINE_AUTO(sites, sites_release)

/* "zmq::yqueue_t<int, 3>::push(int) const" as "zmq::yqueue_t::push". Returns `out`. */
const char *site_short_name(const char *function, char *out, size_t size);
