#include "temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"

static const char *parent_folder(void)
{
    const char *parent = getenv("TMPDIR");
    return parent && *parent ? parent : "/tmp";
}

int temporary_open(const char *name, char *out, size_t size, struct err *err)
{
    const char *parent = parent_folder();
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

int temporary_file(struct err *err)
{
    char path[4096];
    int fd = open(parent_folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    /* Not every file system has it. */
    if ((size_t)snprintf(path, sizeof path, "%s/heapchurn-XXXXXX", parent_folder()) < sizeof path)
        fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return err_set(err, -errno, "no temporary file in %s: %s", parent_folder(),
                       strerror(errno));
    (void)unlink(path);
    return fd;
}
