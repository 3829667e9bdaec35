#include "temporary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"

int temporary_open(const char *name, char *out, size_t size, struct err *err)
{
    const char *parent = getenv("TMPDIR");
    if (!parent || !*parent)
        parent = "/tmp";
    if ((size_t)snprintf(out, size, "%s/heapchurn-%s-XXXXXX", parent, name) >= size)
        return err_set(err, -ENAMETOOLONG, "TMPDIR: the path is too long");
    return mkdtemp(out) ? 0
                        : err_set(err, -errno, "no folder for temporary files in %s: %s", parent,
                                  strerror(errno));
}

void temporary_remove(const char *folder)
{
    (void)folder_empty(folder, NULL);
    (void)rmdir(folder);
}
