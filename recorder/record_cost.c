/*
 * record-cost pair|LIVE[-unread] CALLS THREADS: what a call costs, in ns of CPU time, in loops that
 * do nothing else: the worst case for whoever comes between. scripts/bench-record runs it plain and
 * recorded.
 *
 *     pair      a block of 64 bytes, got and given back: everything is in the cache
 *     LIVE      one of so many living blocks of 16 to 515 bytes, by chance, is replaced by another;
 *               what was written in it is read before it goes, and decides which one is next
 *     LIVE-unread    nothing is written: a processor that looks far ahead begins the next
 *               replacement while this one waits for memory, until something stands between them
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

struct loop {
    long calls;
    size_t live;
    bool unread;
    double call_ns; /* out */
};

static double cpu_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void *pairs(void *of)
{
    struct loop *loop = of;
    double began_ns = cpu_ns();
    for (long i = 0; i < loop->calls; i += 2) {
        void *volatile block = malloc(64);
        free(block);
    }
    loop->call_ns = (cpu_ns() - began_ns) / (double)loop->calls;
    return NULL;
}

static uint64_t *block_of(size_t bytes)
{
    uint64_t *block = malloc(bytes);
    if (!block)
        abort();
    return block;
}

static void *replacing(void *of)
{
    struct loop *loop = of;
    uint64_t state = 88172645463325252U;
    uint64_t **blocks = calloc(loop->live, sizeof *blocks);
    if (!blocks)
        abort();
    for (size_t i = 0; i < loop->live; i++)
        *(blocks[i] = block_of(16 + i % 500)) = i;
    double began_ns = cpu_ns();
    for (long i = 0; i < loop->calls; i += 2) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        size_t at = state % loop->live;
        if (!loop->unread)
            state += *blocks[at];
        free(blocks[at]);
        blocks[at] = block_of(16 + (state >> 32) % 500);
        if (!loop->unread)
            *blocks[at] = state;
    }
    loop->call_ns = (cpu_ns() - began_ns) / (double)loop->calls;
    for (size_t i = 0; i < loop->live; i++)
        free(blocks[i]);
    free(blocks);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS_MAX];
    struct loop loops[THREADS_MAX];
    bool pair = argc == 4 && strcmp(argv[1], "pair") == 0;
    char *behind = NULL;
    long live = pair ? 0 : argc == 4 ? strtol(argv[1], &behind, 10) : 0;
    bool unread = behind && strcmp(behind, "-unread") == 0;
    long count = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
    if ((!pair && live <= 0) || count < 1 || count > THREADS_MAX) {
        (void)fputs("usage: record-cost pair|LIVE[-unread] CALLS THREADS\n", stderr);
        return 2;
    }
    double sum = 0;
    for (long i = 0; i < count; i++) {
        loops[i] = (struct loop){
            .calls = strtol(argv[2], NULL, 10), .live = (size_t)live, .unread = unread};
        if (pthread_create(&threads[i], NULL, pair ? pairs : replacing, &loops[i]) != 0)
            return 1;
    }
    for (long i = 0; i < count; i++) {
        (void)pthread_join(threads[i], NULL);
        sum += loops[i].call_ns;
    }
    (void)dprintf(STDOUT_FILENO, "%.2f\n", sum / (double)count);
    return 0;
}
