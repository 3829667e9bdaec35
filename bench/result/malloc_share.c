#include "malloc_share.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "memory_stream.h"
#include "row_words.h"

/* Run-times that bring a heap of their own. */
static const struct runtime {
    const char *program; /* shell pattern of its name */
    const char *rest;
    const char *hint;
} runtimes[] = {
    {"python*", "its own: pymalloc's arenas and its mappings",
     "PYTHONMALLOC=malloc sends its objects through malloc."},
    {"pypy*", "its own: the heap of its garbage collector", NULL},
    {"node*", "its own: V8's heap",
     "--max-old-space-size and --max-semi-space-size bound V8's heap."},
    {"java", "its own: the heap of the JVM, its classes and compiled code",
     "-Xmx bounds that heap."},
    {"php*", "its own: Zend's memory manager", "USE_ZEND_ALLOC=0 sends its blocks through malloc."},
    {"dotnet", "its own: the heap of its garbage collector",
     "DOTNET_GCHeapHardLimit bounds that heap."},
    {"beam*", "its own: Erlang's allocators", NULL},
};

static const struct runtime *runtime_of(const char *program)
{
    const char *slash = program ? strrchr(program, '/') : NULL;
    for (size_t i = 0; program && i < ARRAY_LENGTH(runtimes); i++)
        if (fnmatch(runtimes[i].program, slash ? slash + 1 : program, 0) == 0)
            return &runtimes[i];
    return NULL;
}

const char *malloc_share_rest(const char *program)
{
    const struct runtime *runtime = runtime_of(program);
    return runtime ? runtime->rest : "its own";
}

const char *malloc_share_hint(const char *program)
{
    const struct runtime *runtime = runtime_of(program);
    return runtime ? runtime->hint : NULL;
}

/* Behind "its own: ". */
static const char *heap_of(const char *program)
{
    const struct runtime *runtime = runtime_of(program);
    return runtime ? strchr(runtime->rest, ':') + 2 : NULL;
}

double malloc_share_of(int64_t rss_anon_bytes, int64_t live_bytes, int64_t heap_bytes)
{
    if (rss_anon_bytes <= 0 || live_bytes < 0 || heap_bytes < 0)
        return NAN;
    return fmin(1, fmax((double)live_bytes, (double)heap_bytes) / (double)rss_anon_bytes);
}

double malloc_share(const struct result_row *row)
{
    const struct estimate *of = row_primary(row)->metric;
    double served = of[METRIC_LIVE_RESIDENT_END].median + of[METRIC_KEPT_END].median;
    double all = of[METRIC_RSS_ANON_END].median;
    return all > 0 && !isnan(served) ? fmin(1, served / all) : (double)NAN;
}

double malloc_share_most(const struct result_workload *workload)
{
    double most = NAN;
    for (size_t i = 0; i < workload->row_count; i++)
        most = fmax(most, malloc_share(&workload->rows[i]));
    return most;
}

static double least_of(const struct result_workload *workload)
{
    double least = NAN;
    for (size_t i = 0; i < workload->row_count; i++)
        least = fmin(least, malloc_share(&workload->rows[i]));
    return least;
}

/* "22 to 27 %" */
static void say_range(FILE *out, const struct result_workload *workload)
{
    double least = least_of(workload), most = malloc_share_most(workload);
    if (round(100 * least) < round(100 * most))
        (void)fprintf(out, "%.0f to ", 100 * least);
    (void)fprintf(out, "%.0f %%", 100 * most);
}

static const char *program_of(const struct result_workload *workload)
{
    for (size_t i = 0; i < workload->row_count; i++)
        if (workload->rows[i].valid > 0)
            return record_primary(workload->rows[i].records[0])->program;
    return NULL;
}

const char *malloc_share_heap(const struct result_workload *workload, const char **out_hint)
{
    const char *program = program_of(workload);
    *out_hint = malloc_share_hint(program);
    return workload_is_own(workload->workload) ? heap_of(program) : NULL;
}

char *malloc_share_text(const struct result_workload *workload)
{
    double most = malloc_share_most(workload);
    if (!workload_is_own(workload->workload) || isnan(most))
        return NULL;
    const char *program = program_of(workload);
    const char *hint = malloc_share_hint(program);
    const bool small = least_of(workload) < MALLOC_SHARE_SMALL;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    (void)fputs("At the end malloc serves ", out);
    say_range(out, workload);
    (void)fprintf(out, " of its anonymous memory, live and kept");
    if (small)
        (void)fprintf(out, "; the rest is %s, which no allocator changes",
                      malloc_share_rest(program));
    (void)fprintf(out, ".%s%s", small && hint ? " " : "", small && hint ? hint : "");
    return memory_stream_close(&memory);
}
