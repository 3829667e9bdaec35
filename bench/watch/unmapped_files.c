#include "unmapped_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cleanup.h"
#include "grow.h"

struct file {
    dev_t device;
    ino_t inode;
    int64_t bytes;
};

struct files {
    struct file *list;
    size_t count;
};

static void add(struct files *files, struct file file)
{
    files->list = grow(files->list, files->count, sizeof *files->list);
    files->list[files->count++] = file;
}

static int by_inode(const void *left, const void *right)
{
    const struct file *a = left;
    const struct file *b = right;
    if (a->device != b->device)
        return a->device < b->device ? -1 : 1;
    return (a->inode > b->inode) - (a->inode < b->inode);
}

/* All files that it has mapped. */
static int read_mapped(int dir_fd, struct files *out)
{
    int fd = openat(dir_fd, "maps", O_RDONLY | O_CLOEXEC);
    AUTO_FCLOSE FILE *maps = fd < 0 ? NULL : fdopen(fd, "r");
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    if (!maps)
        return -errno;
    while (getline(&line, &size, maps) > 0) {
        unsigned major = 0;
        unsigned minor = 0;
        uint64_t inode = 0;
        if (sscanf(line, "%*s %*s %*s %x:%x %" SCNu64, &major, &minor, &inode) == 3 && inode > 0)
            add(out, (struct file){.device = makedev(major, minor), .inode = inode});
    }
    if (out->count > 0)
        qsort(out->list, out->count, sizeof *out->list, by_inode);
    return ferror(maps) ? -EIO : 0;
}

static bool lives_in_memory(int folder_fd, const char *descriptor)
{
    static const char *const places[] = {"/memfd:", "/dev/shm/"};
    char target[64];
    ssize_t length = readlinkat(folder_fd, descriptor, target, sizeof target);
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
        if (length > (ssize_t)strlen(places[i]) &&
            memcmp(target, places[i], strlen(places[i])) == 0)
            return true;
    return false;
}

/* Those that it has open and that live in memory, sorted, some more than once. */
static int read_open(int dir_fd, struct files *out)
{
    enum { BLOCK_BYTES = 512 }; /* of st_blocks, stat(2) */
    int fd = openat(dir_fd, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (!folder)
        return -errno;
    for (struct dirent *entry = NULL; (entry = readdir(folder)) != NULL;) {
        struct stat file;
        if (lives_in_memory(fd, entry->d_name) && fstatat(fd, entry->d_name, &file, 0) == 0)
            add(out, (struct file){.device = file.st_dev,
                                   .inode = file.st_ino,
                                   .bytes = (int64_t)file.st_blocks * BLOCK_BYTES});
    }
    (void)closedir(folder);
    if (out->count > 0)
        qsort(out->list, out->count, sizeof *out->list, by_inode);
    return 0;
}

int unmapped_files_read(int dir_fd, struct unmapped_files *out)
{
    struct files mapped = {.count = 0};
    struct files open = {.count = 0};
    struct unmapped_files found = {.count = 0};
    int code = read_open(dir_fd, &open);
    if (code == 0 && open.count > 0)
        code = read_mapped(dir_fd, &mapped);
    for (size_t i = 0; i < open.count && code == 0; i++) {
        const struct file *file = &open.list[i];
        if ((i > 0 && by_inode(file, file - 1) == 0) ||
            (mapped.count > 0 &&
             bsearch(file, mapped.list, mapped.count, sizeof *mapped.list, by_inode)))
            continue;
        found.count++;
        found.bytes += file->bytes;
    }
    if (code == 0)
        *out = found;
    free(open.list);
    free(mapped.list);
    return code;
}
