/*
 * write_trace NAME FILE [FACTS]: a trace made by hand, packed, or raw as FILE.raw; what it says of
 * its recording is the file FACTS.
 *
 *     NAME        one of tests/support/made_up_traces.h or bad_traces.h
 *     pairs:N     N calls of one thread: malloc(64) and free in turn
 *     pause:N     N ms between malloc(2 MB) and its free, in which nothing is called
 *     sparse:N:BYTES  N blocks of so many BYTES that live at once, aligned to a page, of each of
 *                 which a page is written
 *     marks:N     N marks of a text that would act on a terminal
 *     bad         instead: print the names of bad_traces.h and what is said of them
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bad_traces.h"
#include "made_up_traces.h"

static struct trace_write *pairs(unsigned long long calls)
{
    struct trace_write *write = trace_write_new();
    uint32_t main = trace_write_stream(
        write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_MAIN});
    for (unsigned long long i = 0; i < calls; i += 2) {
        if (i % 100000 == 0)
            trace_write_clock(write, (i / 100000 + 1) << TRACE_CLOCK_BITS);
        trace_write_free(write, main, trace_write_malloc(write, main, 64));
    }
    trace_write_end(write, main, true);
    return write;
}

static struct trace_write *pause_between(unsigned long long ms)
{
    struct trace_write *write = trace_write_new();
    uint32_t main = trace_write_stream(
        write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_MAIN});
    struct trace_name block = trace_write_malloc(write, main, 2000000);
    trace_write_clock(write, (ms + 1) << TRACE_CLOCK_BITS);
    trace_write_free(write, main, block);
    trace_write_end(write, main, true);
    return write;
}

static struct trace_write *sparse(unsigned long long count, unsigned long long bytes)
{
    enum { PAGE_LOG2 = 12, FILLING = 1000 };
    struct trace_write *write = trace_write_new();
    trace_write_control(write)->touch_least_bytes = 8192;
    uint32_t main = trace_write_stream(
        write, &(struct trace_write_stream){.image = 1, .began = TRACE_BEGAN_MAIN});
    struct trace_name *blocks = calloc(count + 1, sizeof *blocks);
    if (!blocks)
        abort();
    for (unsigned long long i = 0; i < count; i++)
        blocks[i] = trace_write_aligned(write, main, PAGE_LOG2, bytes);
    for (int i = 0; i < FILLING; i++)
        trace_write_free(write, main, trace_write_malloc(write, main, 64));
    for (unsigned long long i = 0; i < count; i++) {
        trace_write_extent(write, main, blocks[i], 1 << PAGE_LOG2, 0, 0);
        trace_write_free(write, main, blocks[i]);
    }
    trace_write_end(write, main, true);
    free(blocks);
    return write;
}

static struct trace_write *marks(unsigned long long count)
{
    struct trace_write *write = pairs(1000);
    for (unsigned long long i = 0; i < count; i++)
        trace_write_mark(write, 1, "\033[2Jround\n<b>");
    return write;
}

static struct trace_write *made(const char *name)
{
    if (strncmp(name, "pairs:", strlen("pairs:")) == 0)
        return pairs(strtoull(name + strlen("pairs:"), NULL, 10));
    if (strncmp(name, "pause:", strlen("pause:")) == 0)
        return pause_between(strtoull(name + strlen("pause:"), NULL, 10));
    unsigned long long count, bytes;
    if (sscanf(name, "sparse:%llu:%llu", &count, &bytes) == 2) /* NOLINT(cert-err34-c): ours */
        return sparse(count, bytes);
    if (strncmp(name, "marks:", strlen("marks:")) == 0)
        return marks(strtoull(name + strlen("marks:"), NULL, 10));
    struct trace_write *write = made_up_trace(name);
    return write ? write : bad_trace(name);
}

static int list_bad(void)
{
    for (const struct bad_trace *trace = bad_traces; trace->name; trace++)
        (void)printf("%s:%s\n", trace->name, trace->says);
    return 0;
}

static const char *read_facts(const char *path)
{
    static char text[1 << 16];
    FILE *file = fopen(path, "re");
    if (!file || fread(text, 1, sizeof text - 1, file) == 0)
        abort();
    (void)fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    const char *facts = argc == 4 ? read_facts(argv[3]) : "{}";
    if (argc == 2 && strcmp(argv[1], "bad") == 0)
        return list_bad();
    struct trace_write *write = argc >= 3 ? made(argv[1]) : NULL;
    bool raw = write && strlen(argv[2]) > 4 && strcmp(argv[2] + strlen(argv[2]) - 4, ".raw") == 0;
    int code = !write ? -1
               : raw  ? trace_write_raw(write, argv[2], &err)
                      : trace_write_pack(write, argv[2], facts, &err);
    if (code < 0)
        (void)fprintf(stderr, "write_trace NAME FILE: %s\n", err.text);
    trace_write_release(write);
    return code < 0;
}
