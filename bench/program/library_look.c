#include "library_look.h"

#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <sha256.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "elf_image.h"
#include "text.h"

static int read_library(const char *path, struct elf_image *out, struct err *err)
{
    struct stat file;
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &file) < 0)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    if (!S_ISREG(file.st_mode))
        return err_set(err, -ENOEXEC, "%s is no file", path);
    return elf_image_read(fd, path, "no library", out, err);
}

int library_look(const char *path, struct err *err)
{
    AUTO(elf_image) struct elf_image image = {.dynamic = false};
    int code = read_library(path, &image, err);
    if (code < 0)
        return code;
    if (image.type != ET_DYN || !image.dynamic || image.interpreter[0])
        return err_set(err, -ENOEXEC, "%s is no shared library", path);
    if (!image.defines_malloc)
        return err_set(err, -EINVAL, "%s brings no malloc", path);
    if (image.glibc[0] && elf_image_newer(image.glibc, gnu_get_libc_version()))
        return err_set(err, -ENOEXEC,
                       "%s was built for glibc %s, and this machine has %s; build it here "
                       "(scripts/bring-allocator)",
                       path, image.glibc, gnu_get_libc_version());
    return 0;
}

int library_soname(const char *path, char out[LIBRARY_NAME_MAX], struct err *err)
{
    AUTO(elf_image) struct elf_image image = {.dynamic = false};
    int code = read_library(path, &image, err);
    if (code < 0)
        return code;
    const char *slash = strrchr(path, '/');
    (void)text_copy(out, LIBRARY_NAME_MAX,
                    image.soname[0] ? image.soname
                    : slash         ? slash + 1
                                    : path);
    return 0;
}

int library_sha256(const char *path, char out[LIBRARY_SHA256_MAX], struct err *err)
{
    _Static_assert(LIBRARY_SHA256_MAX == SHA256_DIGEST_STRING_LENGTH, "one length");
    return SHA256File(path, out) ? 0 : err_set(err, -errno, "%s: %s", path, strerror(errno));
}

bool library_same(const char *a, const char *b)
{
    struct stat of_a, of_b;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}
