#include "row_lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "row_files.h"
#include "text.h"
#include "words.h"

static int unknown(const char *name, struct err *err)
{
    enum { ROWS_MAX = 256 };
    char text[ROWS_MAX][ALLOCATOR_ROW_NAME_MAX];
    const char *names[ROWS_MAX + 1] = {NULL};
    struct allocator_row row;
    AUTO(row_files) struct row_files files = {.path = NULL};
    size_t count = 0;
    for (size_t cursor = 0; count < ROWS_MAX && allocator_row_next(&cursor, &row); count++)
        names[count] = allocator_row_name(&row, text[count], sizeof text[count]);
    row_files_list(&files);
    for (size_t i = 0; count < ROWS_MAX && i < files.count; i++, count++) {
        AUTO_FREE char *own = row_files_name(files.path[i]);
        names[count] = text_copy(text[count], sizeof text[count], own);
    }
    return text_unknown("row", name, names, "'heapchurn list' shows all", -ENOENT, err);
}

int row_lookup(const char *name, struct allocator_row *out, struct err *err)
{
    if (allocator_row_find(name, out) < 0)
        return unknown(name, err);
    return out->entry->unavailable ? err_set(err, -ENOENT, "row '%s' is not available: %s", name,
                                             out->entry->unavailable)
                                   : 0;
}

char *row_lookup_file(const char *name)
{
    struct allocator_row row;
    return allocator_row_find(name, &row) == 0 ? NULL : row_files_find(name);
}

int row_lookup_agrees(const char *name, const char *path, const char *row, struct err *err)
{
    AUTO_FREE char *own = row_files_name(path);
    if (strcmp(own, name) != 0 || strcmp(row, name) == 0)
        return 0;
    return err_set(err, -EINVAL, "%s is the row '%s': rename the file, or name it by its path",
                   path, row);
}

char **row_lookup_environment(const struct allocator_row *row, const struct row_file *own)
{
    struct words joined = {.count = 0};
    char *const *more = own ? own->environment : NULL;
    const char *const *first = row->variant->environment;
    for (; first && *first; first++)
        if (!words_value(more, *first))
            words_add(&joined, "%s", *first);
    words_add_all(&joined, more);
    char **list = joined.count ? words_take(&joined) : calloc(1, sizeof *list);
    if (!list)
        abort();
    return list;
}
