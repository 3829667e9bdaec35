/*
 * A program that knows what it holds, run with the ledger before it: every kind of call, blocks
 * freed by other threads, threads before main, more threads than slots, a fork while others
 * allocate.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "ledger.h"

static ledger_read_fn *read_ledger;
static int failures;

static void expect(const char *what, int64_t blocks, int64_t bytes,
                   const struct ledger_counts *from)
{
    struct ledger_counts now;
    read_ledger(&now);
    if (now.blocks - from->blocks == blocks && now.usable_bytes - from->usable_bytes == bytes)
        return;
    (void)fprintf(stderr, "%s: %lld blocks, %lld bytes; expected %lld and %lld\n", what,
                  (long long)(now.blocks - from->blocks),
                  (long long)(now.usable_bytes - from->usable_bytes), (long long)blocks,
                  (long long)bytes);
    failures++;
}

static void every_call_counts_once(void)
{
    struct ledger_counts before;
    void *blocks[8] = {NULL};
    int64_t bytes = 0;
    read_ledger(&before);
    blocks[0] = malloc(100);
    blocks[1] = calloc(10, 30);
    blocks[2] = realloc(NULL, 77);
    blocks[2] = realloc(blocks[2], 5000);
    if (posix_memalign(&blocks[3], 64, 640) != 0)
        abort();
    blocks[4] = aligned_alloc(256, 512);
    blocks[5] = memalign(128, 300);
    blocks[6] = reallocarray(NULL, 7, 11);
    blocks[7] = strdup("a string that libc copies");
    for (int i = 0; i < 8; i++)
        bytes += (int64_t)malloc_usable_size(blocks[i]);
    expect("eight kinds of calls", 8, bytes, &before);
    free(blocks[0]);
    blocks[0] = NULL;
    for (int i = 0; i < 8; i++)
        free(blocks[i]);
    expect("all freed", 0, 0, &before);
}

/* An allocator that has the loader load a library while it serves (loading_allocator.c): what that
 * takes for it goes when the library goes. */
static void what_the_loader_takes_within_a_call_counts(void)
{
    struct ledger_counts before;
    enum { LOADS = 12345 };
    for (int times = 0; times < 4; times++) { /* before the last: tables that the loader keeps */
        read_ledger(&before);
        free(malloc(LOADS));
        void *library = dlopen("libanl.so.1", RTLD_LAZY | RTLD_NOLOAD);
        for (int opened = 0; library && opened < 2; opened++)
            (void)dlclose(library);
    }
    expect("the loader's own", 0, 0, &before);
}

/* malloc_usable_size() cannot be larger than what never was: the failed call changes nothing. */
static void what_fails_is_nothing(void)
{
    struct ledger_counts before;
    volatile size_t too_much = (size_t)1 << 60;
    void *block = malloc(10);
    read_ledger(&before);
    if (malloc(too_much) || realloc(block, too_much))
        abort();
    expect("failed calls", 0, 0, &before);
    volatile size_t root = (size_t)1 << 32;  /* squared it is 0, which realloc() takes for a free */
    volatile size_t half = SIZE_MAX / 2 + 2; /* twice it is 2 */
    if (reallocarray(block, root, root) || reallocarray(block, half, 2) || calloc(root, root) ||
        calloc(half, 2))
        abort();
    expect("products that overflow", 0, 0, &before);
    free(block);
}

/* libzmq's operator new, on its own threads. */
static void a_context_leaves_nothing(void)
{
    struct ledger_counts before;
    void *context = zmq_ctx_new(); /* once before: libraries keep tables of their own */
    (void)zmq_close(zmq_socket(context, ZMQ_PUB));
    (void)zmq_ctx_term(context);
    read_ledger(&before);
    context = zmq_ctx_new();
    (void)zmq_close(zmq_socket(context, ZMQ_PUB));
    (void)zmq_ctx_term(context);
    expect("a context that came and went", 0, 0, &before);
}

enum { THREADS = 300, BLOCKS = 200 }; /* more than the ledger has slots */
static void *shared[THREADS][BLOCKS];

static void *allocate(void *argument)
{
    void **mine = argument;
    for (int i = 0; i < BLOCKS; i++)
        mine[i] = malloc(16 + (size_t)i);
    return NULL;
}

static void *release(void *argument)
{
    void **theirs = argument;
    for (int i = 0; i < BLOCKS; i++)
        free(theirs[i]);
    return NULL;
}

static void in_threads(void *(*work)(void *))
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, shared[i]) != 0)
            abort();
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
}

static void threads_free_what_others_took(void)
{
    struct ledger_counts before, filled;
    int64_t bytes = 0;
    in_threads(allocate); /* once before: stacks and their tables are cached */
    in_threads(release);
    read_ledger(&before);
    in_threads(allocate);
    for (int t = 0; t < THREADS; t++)
        for (int i = 0; i < BLOCKS; i++)
            bytes += (int64_t)malloc_usable_size(shared[t][i]);
    read_ledger(&filled);
    if (filled.blocks - before.blocks < (int64_t)THREADS * BLOCKS ||
        filled.usable_bytes - before.usable_bytes < bytes) {
        (void)fprintf(stderr, "300 threads: blocks are missing\n");
        failures++;
    }
    in_threads(release);
    expect("freed by other threads", 0, 0, &before);
}

enum { EARLY_THREADS = 4 };
static pthread_t early[EARLY_THREADS];

/* As a library that starts threads when it is loaded. */
__attribute__((constructor)) static void begin_early(void)
{
    for (int i = 0; i < EARLY_THREADS; i++)
        if (pthread_create(&early[i], NULL, allocate, shared[i]) != 0)
            abort();
}

/* What they took before main is counted as what they take now. */
static void threads_before_main_count(void)
{
    struct ledger_counts filled, freed;
    int64_t bytes = 0;
    for (int i = 0; i < EARLY_THREADS; i++)
        (void)pthread_join(early[i], NULL);
    read_ledger(&filled);
    for (int t = 0; t < EARLY_THREADS; t++)
        for (int i = 0; i < BLOCKS; i++)
            bytes += (int64_t)malloc_usable_size(shared[t][i]);
    for (int i = 0; i < EARLY_THREADS; i++)
        (void)release(shared[i]);
    expect("taken before main", -EARLY_THREADS * BLOCKS, -bytes, &filled);
    read_ledger(&freed);
    if (freed.blocks < 0 || freed.usable_bytes < 0) {
        (void)fprintf(stderr, "less than nothing is live\n");
        failures++;
    }
}

static volatile int stop;

static void *busy(void *unused)
{
    while (!stop)
        free(malloc(64));
    return unused;
}

static void a_fork_goes_on_counting(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, busy, NULL) != 0)
        abort();
    for (int i = 0; i < 50; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            struct ledger_counts before;
            read_ledger(&before);
            void *block = malloc(1000);
            struct ledger_counts after;
            read_ledger(&after);
            _exit(after.blocks - before.blocks == 1 && block ? 0 : 1);
        }
        int status = 0;
        if (waitpid(pid, &status, 0) != pid || status != 0) {
            (void)fprintf(stderr, "a forked child did not count its block\n");
            failures++;
        }
    }
    stop = 1;
    (void)pthread_join(thread, NULL);
}

int main(void)
{
    read_ledger = (ledger_read_fn *)dlsym(RTLD_DEFAULT, LEDGER_READ);
    if (!read_ledger) {
        (void)fprintf(stderr, "the ledger is not preloaded\n");
        return 1;
    }
    threads_before_main_count();
    every_call_counts_once();
    what_the_loader_takes_within_a_call_counts();
    what_fails_is_nothing();
    a_context_leaves_nothing();
    threads_free_what_others_took();
    a_fork_goes_on_counting();
    return failures ? 1 : 0;
}
