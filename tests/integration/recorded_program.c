#include "recorded_program.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "forbid_call.h"

enum { THREADS = 8, ROUNDS = 20000, SHORT_LIVED = 4000, LIVING = 64 };

extern void heapchurn_mark(const char *text) __attribute__((weak));

void *take(struct known *known, size_t bytes)
{
    void *block = malloc(bytes);
    if (!block)
        abort();
    known->calls++;
    known->bytes += bytes;
    return block;
}

void give(struct known *known, void *block)
{
    known->calls++;
    free(block);
}

/* Every call there is, once. */
static int kinds(void)
{
    void *blocks[10] = {NULL};
    blocks[0] = malloc(100);
    blocks[1] = calloc(10, 30);
    blocks[2] = realloc(NULL, 77);
    blocks[2] = realloc(blocks[2], 5000);
    if (posix_memalign(&blocks[3], 64, 640) != 0)
        abort();
    blocks[4] = aligned_alloc(256, 512);
    blocks[5] = memalign(128, 300);
    blocks[6] = reallocarray(NULL, 7, 11);
    blocks[7] = valloc(100);
    blocks[8] = pvalloc(100);
    blocks[9] = malloc(0);
    blocks[9] = realloc(blocks[9], 1); /* as small as can be */
    (void)blocks;
    if (heapchurn_mark)
        heapchurn_mark("half");
    for (int i = 0; i < 10; i++)
        free(blocks[i]);
    free(NULL);
    errno = 0;
    void *volatile none = malloc(SIZE_MAX / 2); /* fails */
    void *kept = malloc(10);
    free(kept);
    return none != NULL || errno != ENOMEM;
}

struct churner {
    struct known known;
    struct churner *neighbour;
    void *mailbox;
};

/* A block in four goes by the neighbour's hand. */
static void *churn_and_hand_over(void *of)
{
    struct churner *own = of;
    void *living[LIVING] = {NULL};
    unsigned state = (unsigned)(uintptr_t)of | 1U;
    for (int i = 0; i < ROUNDS; i++) {
        state = state * 1664525U + 1013904223U;
        size_t at = state >> 20 & (LIVING - 1);
        if (living[at])
            give(&own->known, living[at]);
        living[at] = take(&own->known, 1 + (state >> 8) % 2000);
        if (i % 4 == 0) {
            void *old = __atomic_exchange_n(&own->neighbour->mailbox, living[at], __ATOMIC_ACQ_REL);
            living[at] = NULL;
            if (old)
                give(&own->known, old);
        }
    }
    for (int i = 0; i < LIVING; i++)
        if (living[i])
            give(&own->known, living[i]);
    return NULL;
}

static int threads(void)
{
    static struct churner churners[THREADS];
    pthread_t list[THREADS];
    struct known sum = {0};
    for (int i = 0; i < THREADS; i++)
        churners[i].neighbour = &churners[(i + 1) % THREADS];
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&list[i], NULL, churn_and_hand_over, &churners[i]) != 0)
            return 1;
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(list[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        if (churners[i].mailbox)
            give(&sum, churners[i].mailbox);
        sum.calls += churners[i].known.calls;
        sum.bytes += churners[i].known.bytes;
    }
    (void)printf("calls=%llu bytes=%llu\n", (unsigned long long)sum.calls,
                 (unsigned long long)sum.bytes);
    return 0;
}

static pthread_key_t late;

static void run_late(void *block)
{
    free(block);
    free(malloc(30));
}

static void *live_shortly(void *of)
{
    (void)of;
    (void)pthread_setspecific(late, malloc(20));
    free(malloc(200));
    return NULL;
}

/* Many, one after another, whose last acts allocate too. */
static int short_lived(void)
{
    if (pthread_key_create(&late, run_late) != 0)
        return 1;
    for (int i = 0; i < SHORT_LIVED; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, live_shortly, NULL) != 0)
            return 1;
        (void)pthread_join(thread, NULL);
    }
    return 0;
}

static volatile sig_atomic_t handled;

/* Not safe in general; some do it. The interrupted loop calls nothing of malloc's. */
static void on_alarm(int signal)
{
    (void)signal;
    free(malloc(64));
    handled++;
}

static int handlers(void)
{
    const struct itimerval often = {{0, 200}, {0, 200}};
    struct sigaction action = {.sa_handler = on_alarm};
    (void)sigaction(SIGALRM, &action, NULL);
    (void)setitimer(ITIMER_REAL, &often, NULL);
    while (handled < 200)
        if (heapchurn_mark)
            heapchurn_mark("busy"); /* within the recorder, and not within malloc */
    (void)setitimer(ITIMER_REAL, &(const struct itimerval){{0, 0}, {0, 0}}, NULL);
    return 0;
}

static void churn_and_say(void)
{
    struct known known = {0};
    for (int i = 0; i < 100000; i++)
        give(&known, take(&known, 40));
    (void)printf("calls=%llu\n", (unsigned long long)known.calls);
    (void)fflush(stdout);
}

static int forever(void)
{
    churn_and_say();
    (void)kill(getpid(), SIGKILL);
    return 1;
}

static int crashes(void)
{
    const struct rlimit none = {0, 0};
    static volatile int *volatile nowhere;
    (void)setrlimit(RLIMIT_CORE, &none);
    churn_and_say();
    *nowhere = 1;
    return 1;
}

/* 64 KiB each: all written, half, nothing, and the last page alone; read by pages that are used
 * before. */
/* Small blocks that stay: the recorder's table of names is a quarter as large as they are. */
static int keeps(void)
{
    enum { BLOCKS = 400000, BYTES = 56 };
    for (int i = 0; i < BLOCKS; i++) {
        char *block = malloc(BYTES);
        if (!block)
            return 1;
        (void)memset(block, 1, BYTES);
    }
    return 0;
}

/* 64 MiB of small blocks in bursts, and between them time to look. */
static int grows(void)
{
    enum { BURSTS = 16, BLOCKS = 65536, BYTES = 56, MS = 10 };
    for (int i = 0; i < BURSTS; i++) {
        struct timespec began, now;
        for (int k = 0; k < BLOCKS; k++) {
            char *block = malloc(BYTES);
            if (!block)
                return 1;
            (void)memset(block, 1, BYTES);
        }
        (void)clock_gettime(CLOCK_MONOTONIC, &began);
        do
            (void)clock_gettime(CLOCK_MONOTONIC, &now);
        while ((now.tv_sec - began.tv_sec) * 1000 + (now.tv_nsec - began.tv_nsec) / 1000000 < MS);
    }
    return 0;
}

/* Two blocks that live while they are looked at, and nobody may read what may be gone. */
static int filtered(void)
{
    enum { BYTES = 1 << 16, CALLS = 1000000 };
    char *stays = malloc(BYTES), *goes = malloc(BYTES);
    if (forbid_call(SYS_process_vm_readv) < 0)
        return 77;
    (void)memset(stays, 1, BYTES / 2);
    (void)memset(goes, 1, BYTES / 2);
    for (int i = 0; i < CALLS; i++)
        free(malloc(100));
    free(goes);
    return stays[0] != 1;
}

/* 96 MiB, of which all is given back at the very end: after the last look that comes by itself. */
static int leaves(void)
{
    enum { BLOCKS = 1000, BYTES = 96 << 10 };
    static char *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(BYTES);
        if (!blocks[i])
            return 1;
        (void)memset(blocks[i], 1, BYTES);
    }
    for (int i = BLOCKS - 1; i >= 0; i--)
        free(blocks[i]);
    return 0;
}

static int locked(void)
{
    if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
        return 77;
    free(malloc(100000));
    return threads();
}

static int churn(void)
{
    struct known known = {0};
    for (int i = 0; i < 1000; i++)
        give(&known, take(&known, 100));
    return 0;
}

/* Loaded and gone again, which malloc hears of while the loader is busy. */
static int libraries(void)
{
    const char *path = getenv("LIBRARY");
    for (int i = 0; path && i < 50; i++) {
        void *library = dlopen(path, RTLD_NOW);
        if (!library || dlclose(library) != 0)
            return 1;
    }
    return path == NULL;
}

/* More than any disk that a test gives. */
static int plenty(void)
{
    struct known known = {0};
    for (int i = 0; i < 3000000; i++)
        give(&known, take(&known, 5000));
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } all[] = {
        {"kinds", kinds},       {"threads", threads},       {"short-lived", short_lived},
        {"handlers", handlers}, {"killed", forever},        {"touches", touches},
        {"locked", locked},     {"grows", grows},           {"passes", passes},
        {"filtered", filtered}, {"churn", churn},           {"plenty", plenty},
        {"closes", closes},     {"root", changes_root},     {"writes-late", writes_late},
        {"leaves", leaves},     {"keeps", keeps},           {"producers", producers},
        {"pool", pool},         {"crashes", crashes},       {"forks-much", forks_much},
        {"comets", comets},     {"libraries", libraries},   {"cancelled", cancelled},
        {"errno", keeps_errno}, {"weeks", waits_for_weeks}, {"no-number", threads_without_number},
        {"lets-go", lets_go},
    };
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "forks") == 0)
        return forks(argv[0]);
    if (strcmp(what, "execs") == 0)
        return execs(argv[0]);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(what, all[i].name) == 0)
            return all[i].run();
    return 2;
}
