#include "row_library.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library_look.h"

int row_library_check(const struct run *run, const struct allocator_row *row,
                      const struct row_file *own, struct err *err)
{
    const struct allocator_entry *entry = row->entry;
    if (!entry->unavailable && !entry->library)
        return err_set(err, -ENOTSUP,
                       "%s is part of libc, which is one with its loader; scripts/fresh-root runs "
                       "heapchurn in another release of Debian",
                       entry->allocator->name);
    for (size_t i = 0; i < run->workload_count && entry->unavailable; i++)
        if (!workload_is_own(&run->workloads[i]))
            return err_set(err, -ENOENT,
                           "heapchurn was built without %s, which its programs are linked against: "
                           "%s",
                           entry->allocator->name, entry->unavailable);
    return library_look(own->library, err);
}

int row_library_describe(struct run_row *row, const struct row_file *own)
{
    const char *slash = strrchr(own->library, '/');
    free(row->package);
    free(row->link);
    row->package = NULL;
    row->link = NULL;
    if (asprintf(&row->link, "-Wl,--push-state,--no-as-needed %s -Wl,--pop-state -Wl,-rpath,%.*s",
                 own->library, (int)(slash - own->library), own->library) < 0)
        return -ENOMEM;
    if (own->reason)
        return 0;
    free(row->why);
    row->why = NULL;
    return asprintf(&row->why, "%s %s, from %s", row->title, own->label, own->library) < 0 ? -ENOMEM
                                                                                           : 0;
}
