/* A program whose loss is known to the byte: one block of 40 B whose address is overwritten, one of
 * 40 B that main still points to.
 *
 *     losing_program               that
 *     losing_program forks         a child loses 3 blocks of 1000 B besides
 *     losing_program leaves PIPE   is a daemon: its command ends at once, a process of another
 *                                  session does that, and ends when PIPE was opened and closed
 *     losing_program nothing       allocates nothing
 *
 * Built with OWN_MALLOC its malloc is in the executable. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef OWN_MALLOC
static _Alignas(16) char pool[1 << 20];
static size_t taken;

void *malloc(size_t size)
{
    size_t at = taken;
    taken += (size + 15) / 16 * 16;
    return taken <= sizeof pool ? pool + at : NULL;
}

void *calloc(size_t nmemb, size_t size)
{
    return malloc(nmemb * size);
}

void *realloc(void *ptr, size_t size)
{
    void *larger = malloc(size);
    return ptr && larger ? memmove(larger, ptr, size) : larger;
}

void free(void *ptr)
{
    (void)ptr;
}
#endif

static void *volatile where;

/* Takes all registers: memcheck looks for pointers there, too. */
__attribute__((noinline)) static void forget(void)
{
    char text[256];
    (void)snprintf(text, sizeof text, "%d %g %s", (int)getpid(), (double)getppid(), "forget");
    where = text[0] ? NULL : text;
}

__attribute__((noinline)) static void lose(size_t size)
{
    where = malloc(size);
    forget();
}

static void leave(const char *pipe)
{
    char byte;
    if (fork())
        _exit(0);
    (void)setsid();
    int fd = open(pipe, O_RDONLY);
    (void)!read(fd, &byte, 1);
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    if (strcmp(how, "nothing") == 0)
        return 0;
    if (argc > 2 && strcmp(how, "leaves") == 0)
        leave(argv[2]);
    void *volatile held = malloc(40);
    if (strcmp(how, "forks") == 0 && fork() == 0) {
        for (int i = 0; i < 3; i++)
            lose(1000);
        exit(0);
    }
    (void)wait(NULL);
    lose(40);
    exit(held ? 0 : 1);
}
