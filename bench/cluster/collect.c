#include "collect.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cell_folder.h"
#include "memory_stream.h"

enum { WHYS_SHOWN = 10 };

static bool holds(const int64_t *numbers, size_t count, int64_t number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

/* What lies there still, and was not refused: brought, but broken off before it was removed; or
 * measured a second time; or of no number of the plan. */
static int look_at_rest(const char *dir, struct collected *collected, FILE *notes, struct err *err)
{
    AUTO_FREE int64_t *numbers = NULL;
    size_t count = 0;
    int code = cell_folder_list(dir, &numbers, &count, err);
    for (size_t i = 0; i < count && code == 0; i++) {
        AUTO(stored_run) struct stored_run rest = {.record_count = 0};
        AUTO_FREE char *folder = cell_folder_whole(dir, numbers[i]);
        if (holds(collected->bring.refused, collected->bring.refused_count, numbers[i]))
            continue;
        bool loaded = store_load(folder, &rest, NULL) == 0;
        if (numbers[i] < 1 || numbers[i] > collected->cells)
            (void)fprintf(notes, "%s: the plan has no such cell; it is left there\n", folder);
        else if (loaded && rest.record_count == 0)
            code = cell_folder_remove(folder, err);
        else
            (void)fprintf(notes,
                          "%s: cell %" PRId64 " was collected already; this second one, of %s, is "
                          "left there\n",
                          folder, numbers[i],
                          loaded && rest.run.host.name ? rest.run.host.name : "an unknown host");
    }
    return code;
}

int collect(const char *dir, const struct measure_observer *observer, struct collected *out,
            struct err *err)
{
    struct memory_stream memory;
    int code = store_load_outline(dir, &out->stored, err);
    if (code < 0)
        return code;
    const struct run *run = &out->stored.run;
    out->cells = run->blocks * (int64_t)run->workload_count;
    out->bring = (struct bring_cells){.dir = dir, .stored = &out->stored};
    const struct executor executor = bring_cells(&out->bring);
    struct err lack = ERR_INIT;
    code = measure_missing(&(struct measure){.dir = dir,
                                             .stored = &out->stored,
                                             .as_they_are = true,
                                             .executor = &executor,
                                             .observer = observer},
                           &lack);
    if (code < 0 && code != -ENODATA)
        return err_set(err, code, "%s", lack.text);
    FILE *notes = memory_stream_open(&memory);
    code = look_at_rest(dir, out, notes, err);
    out->notes = memory_stream_close(&memory);
    return code;
}

void collected_release(struct collected *collected)
{
    bring_cells_release(&collected->bring);
    stored_run_release(&collected->stored);
    free(collected->notes);
    *collected = (struct collected){.cells = 0};
}

static size_t end_of_range(const int64_t *numbers, size_t count, size_t first)
{
    size_t last = first;
    while (last + 1 < count && numbers[last + 1] == numbers[last] + 1)
        last++;
    return last;
}

/* "6, 9 to 12" */
static void put_ranges(FILE *out, const int64_t *numbers, size_t count)
{
    for (size_t i = 0, last; i < count; i = last + 1) {
        last = end_of_range(numbers, count, i);
        if (i > 0)
            (void)fputs(", ", out);
        if (last > i)
            (void)fprintf(out, "%" PRId64 " to %" PRId64, numbers[i], numbers[last]);
        else
            (void)fprintf(out, "%" PRId64, numbers[i]);
    }
}

char *collected_missing(const char *dir, const struct collected *collected)
{
    const struct bring_cells *bring = &collected->bring;
    struct memory_stream memory;
    if (bring->missing_count == 0)
        return NULL;
    FILE *out = memory_stream_open(&memory);
    (void)fputs(bring->missing_count == 1 ? "cell " : "cells ", out);
    put_ranges(out, bring->missing, bring->missing_count);
    (void)fprintf(out, " of %" PRId64 " %s missing", collected->cells,
                  bring->missing_count == 1 ? "is" : "are");
    size_t shown = 0, more = 0;
    for (size_t i = 0; i < bring->missing_count; i++) {
        AUTO_FREE char *why = cell_folder_why(dir, bring->missing[i]);
        if (why && shown++ < WHYS_SHOWN)
            (void)fprintf(out, "\n%" PRId64 ": %s", bring->missing[i], why);
        else
            more += why != NULL;
    }
    if (more > 0)
        (void)fprintf(out, "\nand %zu more failed; the files cells/*.failed say why", more);
    return memory_stream_close(&memory);
}

char *collected_numbers(const int64_t *numbers, size_t count)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    for (size_t i = 0; i < count; i++)
        (void)fprintf(out, "%s%" PRId64, i ? " " : "", numbers[i]);
    return memory_stream_close(&memory);
}
