#include "whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "memory_stream.h"

/* Some file systems cannot: then there is nothing to wait for. */
static int sync_it(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS ? 0 : -errno;
}

static int write_all(int fd, const char *bytes, size_t size)
{
    for (size_t written = 0; written < size;) {
        ssize_t more = write(fd, bytes + written, size - written);
        if (more < 0 && errno != EINTR)
            return -errno;
        written += more > 0 ? (size_t)more : 0;
    }
    return 0;
}

/* Into a file that was opened here, which is closed. */
static int fill(int fd, const char *bytes, size_t size, bool direct)
{
    int code = write_all(fd, bytes, size);
    if (code == 0 && !direct)
        code = sync_it(fd);
    if (close(fd) < 0 && code == 0)
        code = -errno;
    return code;
}

static int sync_parent(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    (void)snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1,
                   slash ? path : ".");
    AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : sync_it(fd);
}

static int put(const char *path, const char *bytes, size_t size)
{
    char temporary[PATH_MAX];
    struct stat there;
    bool direct = lstat(path, &there) == 0 && !S_ISREG(there.st_mode);
    if ((size_t)snprintf(temporary, sizeof temporary, "%s%s", path, direct ? "" : ".tmp") >=
        sizeof temporary)
        return -ENAMETOOLONG;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return -errno;
    int code = fill(fd, bytes, size, direct);
    if (direct)
        return code;
    if (code == 0 && rename(temporary, path) < 0)
        code = -errno;
    if (code == 0)
        return sync_parent(path);
    (void)unlink(temporary);
    return code;
}

int whole_file_write(const char *path, int (*write)(FILE *file, void *context), void *context,
                     struct err *err)
{
    struct memory_stream memory;
    int code = write(memory_stream_open(&memory), context);
    AUTO_FREE char *bytes = memory_stream_close(&memory);
    if (code == 0)
        code = put(path, bytes, memory.size);
    return code < 0 ? err_set(err, code, "%s: cannot be written: %s", path, strerror(-code)) : 0;
}

int whole_file_sync_folder(const char *folder, struct err *err)
{
    AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int code = fd < 0 ? -errno : sync_it(fd);
    return code < 0 ? err_set(err, code, "%s: cannot be synced: %s", folder, strerror(-code)) : 0;
}
