#include "made_up_traces.h"

#include <stddef.h>
#include <string.h>

#define MS(n) ((uint64_t)(n) << TRACE_CLOCK_BITS)

static uint32_t add_main(struct trace_write *write)
{
    return trace_write_stream(write,
                              &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_MAIN});
}

static uint32_t add_thread(struct trace_write *write)
{
    return trace_write_stream(
        write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_THREAD});
}

/* One thread: every kind of event. */
static void every_kind(struct trace_write *write)
{
    uint32_t main = add_main(write);
    struct trace_name a = trace_write_malloc(write, main, 100);
    struct trace_name b = trace_write_calloc(write, main, 5000);
    struct trace_name c = trace_write_aligned(write, main, 12, 3 << 20);
    struct trace_name zero = trace_write_malloc(write, main, 0);
    trace_write_mark(write, main, "half");
    trace_write_clock(write, MS(3));
    trace_write_free(write, main, a);
    b = trace_write_realloc(write, main, b, UINT64_C(1) << 28);
    trace_write_extent(write, main, b, 9000, TRACE_EXTENT_TAIL, 0);
    trace_write_holed(write, main, b, &(struct trace_runs){9000, 5000, 1 << 20}, 1);
    trace_write_clock(write, MS(7));
    trace_write_extent(write, main, c, 1 << 20, 0, 2);
    trace_write_free(write, main, c);
    trace_write_free(write, main, b);
    b = trace_write_realloc(write, main, zero, 77);
    trace_write_end(write, main, true);
}

/* realloc to 0 bytes, which some allocators take for a free, and others do not. */
static void to_nothing(struct trace_write *write)
{
    uint32_t main = add_main(write);
    for (int i = 0; i < 10; i++) {
        struct trace_name block = trace_write_malloc(write, main, 100);
        block = trace_write_realloc(write, main, block, 0);
        trace_write_free(write, main, block);
    }
    trace_write_end(write, main, true);
}

/* A producer and a consumer: under one clock word all is edges, a chunk now and then. */
static void hand_over(struct trace_write *write)
{
    uint32_t main = add_main(write);
    uint32_t consumer = add_thread(write);
    for (int i = 0; i < 20; i++) {
        struct trace_name block = trace_write_malloc(write, main, 64);
        struct trace_name larger = trace_write_realloc(write, consumer, block, 128);
        trace_write_free(write, main, larger);
        if (i % 7 == 6)
            trace_write_cut(write, consumer);
    }
    trace_write_end(write, consumer, false);
    trace_write_end(write, main, true);
}

enum { POOL_THREADS = 8, POOL_ROUNDS = 200 };

/* A ring of threads, each of which frees what the one before it allocated; epochs now and then. */
static void ring(struct trace_write *write)
{
    uint32_t thread[POOL_THREADS];
    thread[0] = add_main(write);
    for (int i = 1; i < POOL_THREADS; i++)
        thread[i] = add_thread(write);
    for (int round = 0; round < POOL_ROUNDS; round++) {
        struct trace_name block[POOL_THREADS];
        for (int i = 0; i < POOL_THREADS; i++)
            block[i] = trace_write_malloc(write, thread[i], 16 + (uint64_t)round * (uint64_t)i);
        if (round % 7 == 0)
            trace_write_clock(write, MS(round) + 1);
        for (int i = 0; i < POOL_THREADS; i++)
            trace_write_free(write, thread[i], block[(i + POOL_THREADS - 1) % POOL_THREADS]);
        if (round % 10 == 3)
            trace_write_clock(write, MS(round) + 2);
    }
    for (int i = POOL_THREADS - 1; i >= 0; i--)
        trace_write_end(write, thread[i], i == 0);
}

/* A block goes, and at once another one is allocated where it was, which the other thread frees:
 * who waits for the second must not be given the first. */
static void reuse(struct trace_write *write)
{
    uint32_t main = add_main(write);
    uint32_t consumer = add_thread(write);
    for (int i = 0; i < 100; i++) {
        struct trace_name first = trace_write_malloc(write, main, 40);
        trace_write_clock(write, MS(i) + 1);
        trace_write_free(write, main, first);
        struct trace_name second = trace_write_malloc(write, main, 60);
        trace_write_free(write, consumer, second);
    }
    trace_write_end(write, consumer, false);
    trace_write_end(write, main, true);
}

/* Threads that come and go, one after another, and leave their blocks to the main one. */
static void short_threads(struct trace_write *write)
{
    uint32_t main = add_main(write);
    (void)trace_write_malloc(write, main, 1);
    for (int i = 0; i < 100; i++) {
        trace_write_clock(write, MS(i + 1));
        uint32_t thread = add_thread(write);
        struct trace_name block = trace_write_malloc(write, thread, 1000);
        trace_write_end(write, thread, false);
        trace_write_clock(write, MS(i + 1) + 1);
        trace_write_free(write, main, block);
    }
    trace_write_end(write, main, true);
}

/* A child that was forked frees what its parent had: that is nothing here. */
static void forked(struct trace_write *write)
{
    uint32_t main = add_main(write);
    struct trace_name inherited = trace_write_malloc(write, main, 10);
    uint32_t child = trace_write_stream(
        write,
        &(struct trace_write_stream){
            .image = 2, .began = TRACE_BEGAN_FORK, .parent_stream = main, .parent_sequence = 1});
    trace_write_free(write, child, inherited);
    for (int i = 0; i < 50; i++)
        trace_write_free(write, child, trace_write_malloc(write, child, 20));
    trace_write_end(write, child, true);
    trace_write_free(write, main, inherited);
    trace_write_end(write, main, true);
}

/* 500,000 blocks of 16 to 1,015 bytes, of which 10,000 live at once, in 5 s. */
static void large(struct trace_write *write)
{
    enum { LIVE = 10000, BLOCKS = 500000 };
    static struct trace_name live[LIVE];
    uint32_t main = add_main(write);
    uint64_t seed = 1;
    for (int i = 0; i < BLOCKS + LIVE; i++) {
        if (i >= LIVE)
            trace_write_free(write, main, live[i % LIVE]);
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
        if (i < BLOCKS)
            live[i % LIVE] = trace_write_malloc(write, main, 16 + (seed >> 33) % 1000);
        if (i % 100 == 0)
            trace_write_clock(write, MS(i / 100));
    }
    trace_write_end(write, main, true);
}

/* Threads that wait for so many days that no word tells of it. */
static void weeks(struct trace_write *write)
{
    enum { WEEKS = 60 };
    const uint64_t week_ms = UINT64_C(7) * 24 * 3600 * 1000;
    uint32_t main = add_main(write), thread = add_thread(write);
    for (uint64_t week = 1; week <= WEEKS; week++) {
        struct trace_name block = trace_write_malloc(write, main, 100);
        trace_write_clock(write, MS(week * week_ms));
        trace_write_free(write, week % 10 == 0 ? thread : main, block);
    }
    trace_write_end(write, thread, false);
    trace_write_end(write, main, true);
}

const struct made_up_trace made_up_traces[] = {
    {"every-kind", every_kind, 9, 1, 77, 0}, {"to-nothing", to_nothing, 30, 0, 0, 0},
    {"hand-over", hand_over, 60, 0, 0, 0},   {"ring", ring, 2 * POOL_THREADS *POOL_ROUNDS, 0, 0, 0},
    {"reuse", reuse, 400, 0, 0, 0},          {"short-threads", short_threads, 201, 1, 1, 0},
    {"forked", forked, 100, 0, 0, 1},        {"large", large, 1000000, 0, 0, 0},
    {"weeks", weeks, 120, 0, 0, 0},          {.name = NULL},
};

struct trace_write *made_up_trace(const char *name)
{
    for (const struct made_up_trace *trace = made_up_traces; trace->name; trace++) {
        if (strcmp(trace->name, name) != 0)
            continue;
        struct trace_write *write = trace_write_new();
        trace_write_control(write)->touch_least_bytes = 4096;
        trace->make(write);
        return write;
    }
    return NULL;
}
