/* What malloc promises whoever calls it, and a recorder that comes between must keep. */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recorded_program.h"
#include "trace_format.h"

enum { SMALL = 100, LARGE = 20000, HUGE = 5 << 20, ROUNDS = 200 };

/* New leaves of the recorder's table, pages that were another block's, and so many events that
 * chunks are changed. */
static void use_all_ways(void)
{
    static const size_t sizes[] = {SMALL, LARGE, HUGE};
    for (int i = 0; i < ROUNDS; i++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            char *block = malloc(sizes[k]);
            if (!block)
                abort();
            (void)memset(block, 1, sizes[k] < LARGE ? sizes[k] : LARGE);
            block = realloc(block, sizes[k] + SMALL);
            free(block);
            free(calloc(1, sizes[k]));
        }
}

static void *is_cancelled_later(void *reached)
{
    char *kept[8];
    int before = 0;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    (void)pthread_cancel(pthread_self());
    (void)pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) /* leaves that nobody had */
        kept[i] = malloc(HUGE);
    use_all_ways();
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        free(kept[i]);
    *(volatile bool *)reached = true;
    pthread_testcancel();
    return NULL;
}

/* None of its calls is a cancellation point. */
int cancelled(void)
{
    pthread_t thread;
    bool reached = false;
    void *result = NULL;
    use_all_ways();
    if (pthread_create(&thread, NULL, is_cancelled_later, &reached) != 0 ||
        pthread_join(thread, &result) != 0)
        return 1;
    return !reached || result != PTHREAD_CANCELED;
}

/* The control page of the raw file, as the recorder has mapped it. */
static struct trace_control *control_page(void)
{
    char line[4096];
    void *found = NULL;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps && !found && fgets(line, sizeof line, maps))
        if (strstr(line, ".raw\n") && strstr(line, " rw-s 00000000 "))
            (void)sscanf(line, "%p-", &found);
    if (maps)
        (void)fclose(maps);
    return found;
}

/* Blocks that live for a week each, by the clock of the recording. */
int waits_for_weeks(void)
{
    enum { WEEKS = 3 };
    const uint64_t week_ms = UINT64_C(7) * 24 * 3600 * 1000;
    struct trace_control *control = control_page();
    if (!control)
        return 1;
    for (int i = 0; i < WEEKS; i++) {
        char *block = malloc(HUGE);
        if (!block)
            return 1;
        *block = 1;
        (void)__atomic_fetch_add(&control->clock, week_ms << TRACE_CLOCK_BITS, __ATOMIC_RELAXED);
        free(block);
    }
    return 0;
}

static void *takes_a_block(void *unused)
{
    (void)unused;
    char *volatile block = malloc(LARGE);
    free(block);
    return NULL;
}

/* As if there had been so many threads that there are two more numbers for them. */
int threads_without_number(void)
{
    enum { THREADS = 4 };
    struct trace_control *control = control_page();
    if (!control)
        return 1;
    __atomic_store_n(&control->streams, TRACE_STREAM_MAX - 2, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, takes_a_block, NULL) != 0 ||
            pthread_join(thread, NULL) != 0)
            return 1;
    }
    return 0;
}

/* A call that succeeds leaves errno alone, and blocks are as aligned as they were asked for. */
int keeps_errno(void)
{
    enum { MARK = 12345 };
    errno = MARK;
    use_all_ways();
    for (size_t alignment = 16; alignment <= 1 << 20; alignment *= 2)
        for (size_t bytes = 1; bytes < HUGE; bytes = 3 * bytes + alignment) {
            void *aligned[] = {memalign(alignment, bytes), aligned_alloc(alignment, bytes), NULL};
            if (posix_memalign(&aligned[2], alignment, bytes) != 0)
                return 1;
            for (int i = 0; i < 3; i++) {
                if (!aligned[i] || (uintptr_t)aligned[i] % alignment != 0)
                    return 1;
                free(aligned[i]);
            }
        }
    return errno != MARK;
}
