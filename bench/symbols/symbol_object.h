/*
 * symbol_object: one executable or library, as elfutils opens it. symbols.h is what others use.
 */
#pragma once

#include <elfutils/libdwfl.h>

#include "symbols.h"

/* Calls that are being listed; strings belong to it. */
struct symbol_list {
    struct symbol_call *calls;
    size_t count;
};

void symbol_list_release(struct symbol_list *list);

/* Opens what is at `path` so that addresses of the module are those in the file; NULL: no ELF file,
 * or none that can be read. Ended by dwfl_end(). */
Dwfl *symbol_object_open(const char *path, Dwfl_Module **out_module);

bool symbol_object_has(Dwfl_Module *module);

/* The calls that `address` stands for, appended to `out`. */
void symbol_object_calls(Dwfl_Module *module, uint64_t address, struct symbol_list *out);
