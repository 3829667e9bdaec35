/*
 * symbols_missing: can the addresses of a heap dump be named, and what brings the names?
 *
 * Distributions strip libraries: what is left are exported names, so that a viewer shows the
 * nearest of these ("zmq_version" for almost all of Debian's libzmq) or a bare address.
 */
#pragma once

#include <stddef.h>

/* Of the libraries that hold more than a tenth of the stacks of the dump at `path` (jemalloc's or
 * gperftools'), those that have no symbols, as a sentence with the remedy; but for the allocator's
 * own, lib<allocator>.so, whose frames are not shown. NULL: all have. The caller frees. */
char *symbols_missing(const char *path, const char *allocator);

/* The Debian package that brings the symbols of a library that has none, "libzmq5-dbgsym" for
 * "/lib/…/libzmq.so.5"; "" where dpkg knows no package for it. Returns `out`. */
const char *symbols_package(const char *object, char *out, size_t size);
