#include "row_preload.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "library_look.h"
#include "path.h"

static char *text_or_none(const char *text)
{
    return text ? strdup(text) : NULL;
}

void row_preload_place(struct run_row *row, const struct allocator_entry *entry)
{
    char soname[LIBRARY_NAME_MAX];
    const char *slash = entry->library ? strrchr(entry->library, '/') : NULL;
    row->preload = text_or_none(row->library ? row->library : entry->library);
    if (row->library || !slash || library_soname(entry->library, soname, NULL) < 0)
        return;
    AUTO_FREE char *folder = strndup(entry->library, (size_t)(slash - entry->library));
    AUTO_FREE char *path = folder ? path_join(folder, "%s", soname) : NULL;
    row->preload_package = text_or_none(entry->package);
    if (path && access(path, R_OK) == 0) {
        free(row->preload);
        row->preload = TAKE_PTR(path);
    }
}
