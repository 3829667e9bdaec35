#include "symbols.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "symbol_object.h"

/* An address that was asked for. */
struct place {
    uint64_t address; /* the key */
    struct symbol_list list;
    UT_hash_handle hh;
};

struct symbol_object {
    char *path; /* the key */
    Dwfl *dwfl; /* NULL: it cannot be read */
    Dwfl_Module *module;
    bool has_symbols;
    struct place *places;
    UT_hash_handle hh;
};

static struct symbol_object *find(struct symbols *symbols, const char *path)
{
    struct symbol_object *object = NULL;
    HASH_FIND_STR(symbols->objects, path, object);
    if (object)
        return object;
    object = calloc(1, sizeof *object);
    if (!object || !(object->path = strdup(path)))
        abort();
    object->dwfl = symbol_object_open(path, &object->module);
    object->has_symbols = object->dwfl && symbol_object_has(object->module);
    HASH_ADD_KEYPTR(hh, symbols->objects, object->path, (unsigned)strlen(path), object);
    return object;
}

bool symbols_has(struct symbols *symbols, const char *object)
{
    return find(symbols, object)->has_symbols;
}

uint64_t symbols_address(struct symbols *symbols, const char *object, uint64_t offset)
{
    struct symbol_object *file = find(symbols, object);
    Dwarf_Addr bias = 0;
    Elf *elf = file->dwfl ? dwfl_module_getelf(file->module, &bias) : NULL;
    size_t count = 0;
    if (elf)
        (void)elf_getphdrnum(elf, &count);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr part;
        if (gelf_getphdr(elf, (int)i, &part) && part.p_type == PT_LOAD && part.p_offset <= offset &&
            offset - part.p_offset < part.p_filesz)
            return offset - part.p_offset + part.p_vaddr;
    }
    return offset;
}

struct symbol_calls symbols_calls(struct symbols *symbols, const char *object, uint64_t address)
{
    struct symbol_object *file = find(symbols, object);
    struct place *place = NULL;
    if (!file->has_symbols)
        return (struct symbol_calls){.count = 0};
    HASH_FIND(hh, file->places, &address, sizeof address, place);
    if (!place) {
        place = calloc(1, sizeof *place);
        if (!place)
            abort();
        place->address = address;
        symbol_object_calls(file->module, address, &place->list);
        HASH_ADD(hh, file->places, address, sizeof address, place);
    }
    return (struct symbol_calls){.list = place->list.calls, .count = place->list.count};
}

void symbols_release(struct symbols *symbols)
{
    struct symbol_object *object;
    struct symbol_object *next_object;
    HASH_ITER(hh, symbols->objects, object, next_object)
    {
        struct place *place;
        struct place *next_place;
        HASH_ITER(hh, object->places, place, next_place)
        {
            HASH_DEL(object->places, place);
            symbol_list_release(&place->list);
            free(place);
        }
        HASH_DEL(symbols->objects, object);
        if (object->dwfl)
            dwfl_end(object->dwfl);
        free(object->path);
        free(object);
    }
}
