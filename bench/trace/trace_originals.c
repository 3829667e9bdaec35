#include "trace_originals.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

typedef int64_t (*of_run)(const struct trace_run *run);

static int64_t peak_heap_bytes(const struct trace_run *run)
{
    return run->peak_heap_bytes;
}

static int64_t end_heap_bytes(const struct trace_run *run)
{
    return run->end_heap_bytes;
}

static int64_t cpu_ns(const struct trace_run *run)
{
    return run->cpu_ns;
}

static int by_size(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

/* `values` has room for one of each run. */
static struct trace_range range_of(const struct trace_run *const *runs, size_t count, of_run number,
                                   int64_t *values)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (number(runs[i]) >= 0)
            values[known++] = number(runs[i]);
    if (known == 0)
        return (struct trace_range){-1, -1, -1};
    qsort(values, known, sizeof *values, by_size);
    int64_t below = values[(known - 1) / 2], above = values[known / 2];
    return (struct trace_range){values[0], below + (above - below) / 2, values[known - 1]};
}

/* The largest peak that is not above the median; where all known ones are, the smallest. */
static const struct trace_run *typical_of(const struct trace_run *const *runs, size_t count,
                                          int64_t median)
{
    const struct trace_run *typical = count > 0 ? runs[0] : NULL;
    for (size_t i = 1; i < count; i++) {
        int64_t peak = runs[i]->peak_heap_bytes;
        bool below = typical->peak_heap_bytes <= median;
        if (peak <= median ? !below || peak > typical->peak_heap_bytes
                           : !below && peak < typical->peak_heap_bytes)
            typical = runs[i];
    }
    return typical;
}

static struct trace_originals put_together(const struct trace_run *const *runs, size_t count)
{
    AUTO_FREE int64_t *values = calloc(count + 1, sizeof *values);
    if (!values)
        abort();
    struct trace_originals all = {
        .count = count,
        .peak_heap_bytes = range_of(runs, count, peak_heap_bytes, values),
        .end_heap_bytes = range_of(runs, count, end_heap_bytes, values),
        .cpu_ns = range_of(runs, count, cpu_ns, values),
    };
    all.typical = typical_of(runs, count, all.peak_heap_bytes.median);
    return all;
}

struct trace_originals trace_originals_on(const struct trace_facts *facts, const char *allocator)
{
    size_t count = 0;
    AUTO_FREE const struct trace_run **runs = calloc(facts->original_count + 1, sizeof *runs);
    if (!runs)
        abort();
    for (size_t i = 0; i < facts->original_count; i++)
        if (facts->originals[i].allocator && strcmp(facts->originals[i].allocator, allocator) == 0)
            runs[count++] = &facts->originals[i];
    return put_together(runs, count);
}

struct trace_originals trace_originals_stand_in(const struct trace_facts *facts)
{
    const struct trace_run *run = trace_facts_stand_in(facts);
    return put_together(&run, run != NULL);
}
