/* A process whose memory is known: it grows as its argument says, in steps that standard input asks
 * for (a letter each), and tells when a step is done.
 *
 *     stacks   10 threads that end and are never joined
 *     memfd    256 KiB of shared memory
 *     unmapped 256 KiB written to a memfd that stays open and is never mapped
 *     lazy     1 MiB given back by MADV_FREE
 *     arena    1 MiB in a thread's arena, kept by one small block at its end
 *     child    a child with 1 MiB of its own
 *     huge     a huge page, of which one small page was written to
 *     pieces   the same, and 2000 mappings of a page each, so that it is dear to look at them
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { KIB = 1 << 10, MIB = 1 << 20 };

static void *nothing(void *unused)
{
    return unused;
}

static void stacks(void)
{
    pthread_t thread;
    for (int i = 0; i < 10; i++)
        if (pthread_create(&thread, NULL, nothing, NULL) != 0)
            abort();
}

static void *touched(size_t bytes, int flags, int fd)
{
    void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (block == MAP_FAILED)
        abort();
    return memset(block, 1, bytes);
}

static void shared(void)
{
    int fd = memfd_create("frame", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 256 * KIB) < 0)
        abort();
    (void)touched(256 * KIB, MAP_SHARED, fd);
    (void)close(fd);
}

static void unmapped(void)
{
    static const char content[256 * KIB] = {1};
    int fd = memfd_create("frame", MFD_CLOEXEC);
    if (fd < 0 || write(fd, content, sizeof content) != (ssize_t)sizeof content)
        abort();
}

static void lazy(void)
{
    if (madvise(touched(MIB, MAP_PRIVATE | MAP_ANONYMOUS, -1), MIB, MADV_FREE) < 0)
        abort();
}

static void huge(void)
{
    enum { HUGE = 2 * MIB };
    char *block = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED)
        abort();
    block += HUGE - (uintptr_t)block % HUGE;
    (void)madvise(block, HUGE, MADV_HUGEPAGE);
    *block = 1;
}

static void pieces(void)
{
    enum { PIECES = 2000 };
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *block = touched(2 * PIECES * page, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    for (size_t i = 0; i < PIECES; i++)
        if (mprotect(block + 2 * i * page, page, PROT_READ) < 0)
            abort();
    huge();
}

static void *use_arena(void *unused)
{
    for (int i = 0; i < 16; i++)
        (void)memset(malloc(64 * KIB), 1, 64 * KIB);
    for (;;)
        (void)pause();
    return unused;
}

static void arena(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, use_arena, NULL) != 0)
        abort();
}

static void child(void)
{
    if (fork() != 0)
        return;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)touched(MIB, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    for (;;)
        (void)pause();
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*grow)(void);
    } ways[] = {
        {"stacks", stacks}, {"memfd", shared}, {"unmapped", unmapped}, {"lazy", lazy},
        {"arena", arena},   {"child", child},  {"huge", huge},         {"pieces", pieces},
    };
    char letter;
    for (size_t i = 0; argc == 2 && i < sizeof ways / sizeof ways[0]; i++)
        if (strcmp(argv[1], ways[i].name) == 0)
            while (read(STDIN_FILENO, &letter, 1) == 1) {
                ways[i].grow();
                if (write(STDOUT_FILENO, &letter, 1) != 1)
                    return 1;
            }
    return argc != 2;
}
