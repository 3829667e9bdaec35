/* A library of a program. As it is closed it reads all of the file that TOUCHES_LATE names, and the
 * program is 16 MiB larger then than it ever was; and it gives back what it has had since it was
 * loaded: so many blocks as FREES_LATE says. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "leaves_late.h"

static void **blocks;
static size_t count;

__attribute__((constructor)) static void load(void)
{
    const char *told = getenv("FREES_LATE");
    count = told ? strtoul(told, NULL, 10) : 0;
    blocks = told ? calloc(count, sizeof *blocks) : NULL;
    for (size_t i = 0; blocks && i < count; i++)
        blocks[i] = malloc(40);
}

int leaves_late(void)
{
    return 0;
}

__attribute__((destructor)) static void leave(void)
{
    struct stat about;
    const char *path = getenv("TOUCHES_LATE");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0 && fstat(fd, &about) == 0)
        (void)mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    for (size_t i = 0; blocks && i < count; i++)
        free(blocks[i]);
    free(blocks);
}
