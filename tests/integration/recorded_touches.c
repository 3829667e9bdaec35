/* Large blocks, and how far they are written. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "recorded_program.h"

int touches(void)
{
    enum { BYTES = 1 << 16, PAGE = 4096 };
    char *used = malloc(1 << 20); /* below the mmap threshold of glibc: it comes back */
    char *guard = malloc(100);
    (void)memset(used, 1, 1 << 17);
    free(used);
    char *all = malloc(BYTES), *half = malloc(BYTES), *none = malloc(BYTES), *tail = malloc(BYTES);
    char *small = malloc(10000);
    (void)memset(all, 1, BYTES);
    (void)memset(half, 1, BYTES / 2);
    tail[BYTES - 1] = 1;
    (void)memset(small, 0, 10000); /* zeros are written too, where a whole page is */
    char *longer = realloc(half, 2 * BYTES);
    for (int i = 0; i < BYTES / 2; i++)
        if (longer[i] != 1)
            return 1;
    free(all);
    free(none);
    free(tail);
    free(small);
    free(guard);
    return longer[BYTES] != 0; /* it is left */
}

/* Two blocks of which a few bytes are written: of one at once, of the other after a second, in
 * which there is time to look at them. */
int writes_late(void)
{
    enum { BYTES = 16400, MS = 1000 };
    struct timespec began, now;
    char *first = malloc(BYTES), *second = malloc(BYTES);
    (void)memset(first, 1, 64);
    (void)clock_gettime(CLOCK_MONOTONIC, &began);
    do {
        free(malloc(100));
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - began.tv_sec) * 1000 + (now.tv_nsec - began.tv_nsec) / 1000000 < MS);
    (void)memset(second, 1, 64);
    free(first);
    free(second);
    return 0;
}

/* Large blocks that go at once, one after another. */
int passes(void)
{
    enum { BLOCKS = 500000, BYTES = 16384 };
    for (int i = 0; i < BLOCKS; i++)
        free(malloc(BYTES));
    long resident = 0, shared = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    if (!statm || fscanf(statm, "%*d %ld %ld", &resident, &shared) != 2)
        return 1;
    (void)fclose(statm);
    return (resident - shared) * 4096 > 4 << 20;
}

/* A service: for a line of the pipe "order" in its working folder it takes young blocks, writes to
 * half of them, and answers on the pipe "done". Asked to end it allocates, writes to all of them,
 * and gives them back. */
int lets_go(void)
{
    enum { BLOCKS = 32, BYTES = 16400, WRITTEN = 64 };
    char *blocks[BLOCKS], order;
    sigset_t end;
    int asked;
    (void)sigemptyset(&end);
    (void)sigaddset(&end, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &end, NULL);
    if (mkfifo("order", 0600) < 0 || mkfifo("done", 0600) < 0)
        return 1;
    int orders = open("order", O_RDWR | O_CLOEXEC), answers = open("done", O_RDWR | O_CLOEXEC);
    (void)printf("ready\n");
    (void)fflush(stdout);
    if (orders < 0 || answers < 0 || read(orders, &order, 1) != 1)
        return 1;
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(BYTES);
        if (!blocks[i])
            return 1;
        (void)memset(blocks[i], 1, i % 2 ? WRITTEN : 0);
    }
    if (write(answers, "\n", 1) != 1 || sigwait(&end, &asked) != 0)
        return 1;
    free(malloc(1));
    for (int i = 0; i < BLOCKS; i++)
        (void)memset(blocks[i], 1, WRITTEN);
    for (int i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    return 0;
}
