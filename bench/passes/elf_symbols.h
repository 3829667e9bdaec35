/*
 * elf_symbols: can the addresses of a heap dump be named?
 *
 * Distributions strip libraries: what is left are exported names, so that a viewer shows the
 * nearest of these ("zmq_version" for almost all of Debian's libzmq) or a bare address.
 */
#pragma once

#include <stdbool.h>

/* Has this object a symbol table, or a debug file below /usr/lib/debug with its build id? */
bool elf_has_symbols(const char *path);

/* Of the libraries that hold more than a tenth of the stacks of the dump at `path` (jemalloc's or
 * gperftools'), those that have none, as a sentence with the remedy; but for the allocator's own,
 * lib<allocator>.so, whose frames are not shown. NULL: all have. The caller frees. */
char *elf_symbols_missing(const char *path, const char *allocator);
