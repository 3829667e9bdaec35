/*
 * loaded_object: the tables of an executable or library as it is loaded in this process, read in
 * memory: what it defines, and to whom its calls were bound. Nothing here allocates.
 *
 *     dl_iterate_phdr(…):  loaded_object_read(info, &object);
 *                          if (loaded_object_defines(&object, "malloc")) …
 */
#pragma once

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loaded_object {
    const char *path;
    uintptr_t base;
    const char *strings;
    const ElfW(Sym) * symbols;
    const uint32_t *hash; /* DT_HASH */
    const uint32_t *gnu_hash;
    struct {
        const ElfW(Rela) * table;
        size_t bytes;
    } relocations[2];
};

void loaded_object_read(const struct dl_phdr_info *info, struct loaded_object *out);

/* Does it define this symbol, not only use it? */
bool loaded_object_defines(const struct loaded_object *object, const char *name);

/* To whom is the undefined symbol `name` of this object bound? NULL: it does not use it. */
const void *loaded_object_bound(const struct loaded_object *object, const char *name);

/* Is `address` in a segment of this object? */
bool loaded_object_holds(const struct dl_phdr_info *info, const void *address);

/* The loaded object an address belongs to; its name is "no object" where there is none. */
Dl_info loaded_object_owner(const void *address);
