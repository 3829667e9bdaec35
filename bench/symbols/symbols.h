/*
 * symbols: names for addresses of executables and libraries, by their debug information where they
 * have it, else by their symbol table (elfutils' libdwfl, libdw and libelf).
 *
 *     AUTO(symbols) struct symbols symbols = {.objects = NULL};
 *     address = symbols_address(&symbols, path, offset_in_the_file);
 *     struct symbol_calls calls = symbols_calls(&symbols, path, address);
 *
 * Debug information may stand in the object, below /usr/lib/debug by its build id, or where its
 * .gnu_debuglink points. It is never fetched from the network, even where DEBUGINFOD_URLS is set: a
 * measurement waits for nobody. Objects are files of strangers: one that cannot be read, or is cut
 * or corrupt, has no symbols.
 *
 * Each object is opened once and kept until symbols_release(), and each address is looked up once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

struct symbols {
    struct symbol_object *objects; /* by path */
};

/* A call that an address stands for. NULL or 0: not told. */
struct symbol_call {
    const char *function; /* demangled */
    const char *file;
    int64_t line;
};

/* Inlined calls first, the function whose code it is last; none: it has no name. */
struct symbol_calls {
    const struct symbol_call *list; /* of `symbols`, like all strings in it */
    size_t count;
};

/* Has the object a symbol table or debug information? What it exports alone is none: the nearest
 * exported name is most often wrong. */
bool symbols_has(struct symbols *symbols, const char *object);

/* The address inside the object, as its symbols count, of a place in its file; `offset` itself
 * where the file cannot be read or does not load that place. */
uint64_t symbols_address(struct symbols *symbols, const char *object, uint64_t offset);

/* Of an address inside the object. */
struct symbol_calls symbols_calls(struct symbols *symbols, const char *object, uint64_t address);

void symbols_release(struct symbols *symbols);
DEFINE_AUTO(symbols, symbols_release)
