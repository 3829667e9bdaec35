#include "registry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ALLOCATOR(name, unavailable, library, package) \
    extern const struct allocator allocator_##name;
#include "registry.inc"
#undef ALLOCATOR

#define ALLOCATOR(name, unavailable, library, package) \
    {&allocator_##name, unavailable, library, package},
const struct allocator_entry allocator_registry[] = {
#include "registry.inc"
    {.allocator = NULL},
};
#undef ALLOCATOR

const struct allocator_entry *allocator_entry_find(const char *name)
{
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        if (strcmp(entry->allocator->name, name) == 0)
            return entry;
    return NULL;
}

const char *allocator_row_name(const struct allocator_row *row, char *out, size_t size)
{
    (void)snprintf(out, size, "%s%s", row->entry->allocator->name, row->variant->suffix);
    return out;
}

int allocator_row_find(const char *name, struct allocator_row *out_row)
{
    struct allocator_row row;
    for (size_t cursor = 0; allocator_row_next(&cursor, &row);) {
        char row_name[ALLOCATOR_ROW_NAME_MAX];
        if (strcmp(allocator_row_name(&row, row_name, sizeof row_name), name) == 0) {
            *out_row = row;
            return 0;
        }
    }
    return -ENOENT;
}

bool allocator_row_next(size_t *cursor, struct allocator_row *out_row)
{
    size_t left = *cursor;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        const struct allocator_variant *variant = entry->allocator->variants;
        for (; variant->suffix; variant++, left--) {
            if (left > 0)
                continue;
            ++*cursor;
            *out_row = (struct allocator_row){.entry = entry, .variant = variant};
            return true;
        }
    }
    return false;
}
