#include "originals_text.h"

#include <stdbool.h>
#include <string.h>

#include "trace_originals.h"
#include "units.h"

enum { PRINTED_MAX = 16 };

/* "76 MiB at its peak", and where runs differ by what can be seen: "76 MiB (71 MiB to 86 MiB) …" */
static void print_range(const struct trace_range *range, const char *when, FILE *out)
{
    char median[64], least[64], most[64];
    if (range->median < 0) {
        (void)fprintf(out, "n/a %s", when);
        return;
    }
    (void)units_format_bytes((double)range->median, median, sizeof median);
    (void)units_format_bytes((double)range->least, least, sizeof least);
    (void)units_format_bytes((double)range->most, most, sizeof most);
    if (strcmp(least, most) == 0)
        (void)fprintf(out, "%s %s", median, when);
    else
        (void)fprintf(out, "%s (%s to %s) %s", median, least, most, when);
}

static bool is_first_of_its_allocator(const struct trace_facts *facts, size_t run)
{
    for (size_t i = 0; i < run; i++)
        if (facts->originals[i].allocator &&
            strcmp(facts->originals[i].allocator, facts->originals[run].allocator) == 0)
            return false;
    return true;
}

void originals_text_print(const struct trace_facts *facts, FILE *out)
{
    size_t printed = 0;
    for (size_t i = 0; i < facts->original_count && printed < PRINTED_MAX; i++) {
        const char *allocator = facts->originals[i].allocator;
        if (!allocator || !is_first_of_its_allocator(facts, i))
            continue;
        printed++;
        const struct trace_originals originals = trace_originals_on(facts, allocator);
        (void)fprintf(out, "original on %s: heap ", allocator);
        print_range(&originals.peak_heap_bytes, "at its peak, ", out);
        print_range(&originals.end_heap_bytes, "at its end", out);
        (void)fprintf(out, ", %zu run%s\n", originals.count, originals.count == 1 ? "" : "s");
    }
}
