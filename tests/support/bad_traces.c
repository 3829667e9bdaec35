#include "bad_traces.h"

#include <stddef.h>
#include <string.h>

static uint32_t begin(struct trace_write *write, enum trace_began began)
{
    return trace_write_stream(write, &(struct trace_write_stream){.image = 1, .began = began});
}

/* Enough of them that none is refused as too short. */
static uint32_t begin_main(struct trace_write *write)
{
    uint32_t main = begin(write, TRACE_BEGAN_MAIN);
    for (int i = 0; i < 200; i++)
        trace_write_free(write, main, trace_write_malloc(write, main, 10));
    return main;
}

static void double_free(struct trace_write *write)
{
    uint32_t main = begin_main(write);
    struct trace_name block = trace_write_malloc(write, main, 100);
    trace_write_free(write, main, block);
    trace_write_free(write, main, block);
    trace_write_end(write, main, true);
}

static void double_free_by_others(struct trace_write *write)
{
    uint32_t main = begin_main(write);
    uint32_t first = begin(write, TRACE_BEGAN_THREAD), second = begin(write, TRACE_BEGAN_THREAD);
    struct trace_name block = trace_write_malloc(write, main, 100);
    trace_write_free(write, first, block);
    trace_write_clock(write, 1);
    trace_write_free(write, second, block);
    trace_write_end(write, main, true);
}

static void realloc_of_a_freed_one(struct trace_write *write)
{
    uint32_t main = begin_main(write);
    struct trace_name block = trace_write_malloc(write, main, 100);
    trace_write_free(write, main, block);
    (void)trace_write_realloc(write, main, block, 200);
    trace_write_end(write, main, true);
}

/* Nobody allocates what is freed, now or later. */
static void free_of_nothing(struct trace_write *write)
{
    uint32_t main = begin_main(write);
    uint32_t thread = begin(write, TRACE_BEGAN_THREAD);
    trace_write_free(write, thread, (struct trace_name){main, 1000000});
    trace_write_end(write, thread, false);
    trace_write_end(write, main, true);
}

/* It is allocated, but later. */
static void free_before_malloc(struct trace_write *write)
{
    uint32_t main = begin_main(write);
    uint32_t thread = begin(write, TRACE_BEGAN_THREAD);
    trace_write_free(write, thread, (struct trace_name){main, 201});
    trace_write_clock(write, 5);
    (void)trace_write_malloc(write, main, 8);
    trace_write_end(write, main, true);
}

/* Two threads that wait for each other: no recorder can have seen that. */
static void circle(struct trace_write *write)
{
    uint32_t main = begin_main(write);
    uint32_t thread = begin(write, TRACE_BEGAN_THREAD);
    trace_write_free(write, main, (struct trace_name){thread, 1});
    trace_write_free(write, thread, (struct trace_name){main, 201});
    (void)trace_write_malloc(write, main, 8);
    (void)trace_write_malloc(write, thread, 8);
    trace_write_end(write, main, true);
}

/* More than any machine has. */
static void beyond_memory(struct trace_write *write)
{
    uint32_t main = begin_main(write);
    (void)trace_write_malloc(write, main, UINT64_C(1) << 50);
    trace_write_end(write, main, true);
}

/* As large as a word can say, more than once: sums run over. */
static void beyond_numbers(struct trace_write *write)
{
    uint32_t main = begin_main(write);
    for (int i = 0; i < 2100; i++)
        (void)trace_write_malloc(write, main, TRACE_VALUE_MAX);
}

static void no_event_at_all(struct trace_write *write)
{
    (void)write;
}

static void only_an_end(struct trace_write *write)
{
    trace_write_end(write, begin(write, TRACE_BEGAN_MAIN), true);
}

static void no_such_event(struct trace_write *write)
{
    uint32_t main = begin_main(write);
    trace_write_word(write, main, UINT64_C(99) << TRACE_KIND_BITS | TRACE_MORE);
    trace_write_end(write, main, true);
}

const struct bad_trace bad_traces[] = {
    {"double-free", double_free, "was given back before"},
    {"double-free-by-others", double_free_by_others, "was given back before"},
    {"realloc-of-a-freed-one", realloc_of_a_freed_one, "was given back before"},
    {"free-of-nothing", free_of_nothing, "nobody had been given by then"},
    {"free-before-malloc", free_before_malloc, "nobody had been given by then"},
    {"circle", circle, "nobody had been given by then"},
    {"beyond-memory", beyond_memory, "can be had here"},
    {"beyond-numbers", beyond_numbers, "more lives at once than there are addresses"},
    {"no-event-at-all", no_event_at_all, "has no events"},
    {"only-an-end", only_an_end, "has 0 events"},
    {"no-such-event", no_such_event, "makes no sense"},
    {.name = NULL},
};

struct trace_write *bad_trace(const char *name)
{
    for (const struct bad_trace *trace = bad_traces; trace->name; trace++) {
        if (strcmp(trace->name, name) != 0)
            continue;
        struct trace_write *write = trace_write_new();
        trace->make(write);
        return write;
    }
    return NULL;
}
