#include "comparison_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "cleanup.h"
#include "memory_stream.h"
#include "number.h"
#include "result.h"
#include "row_words.h"

const char *const comparison_titles[COMPARED_METRICS] = {"peak", "end", "quiet", "CPU", "join p99"};

bool comparison_shown(const struct result_workload *workload, size_t index)
{
    return result_load_has(workload, RECORD_PRIMARY, compared_metrics[index]);
}

size_t comparison_reference(const struct result_workload *workload)
{
    int reference = workload->advice.reference;
    return reference == RECOMMEND_NONE ? 0 : (size_t)reference;
}

static const char *ratio_text(double ratio, char *out, size_t size)
{
    if (!isfinite(ratio))
        (void)snprintf(out, size, "n/a");
    else
        (void)snprintf(out, size, ratio < 99.5 ? "%.2f" : "%.0f", ratio);
    return out;
}

const char *comparison_ratio(const struct comparison *pair, char *out, size_t size)
{
    return ratio_text(pair->ratio, out, size);
}

const char *comparison_interval(const struct comparison *pair, const char *dash, char *out,
                                size_t size)
{
    char low[NUMBER_TEXT_MAX / 2], high[NUMBER_TEXT_MAX / 2];
    out[0] = '\0';
    if (pair->no_spread)
        (void)snprintf(out, size, "no spread");
    else if (isfinite(pair->low) && isfinite(pair->high))
        (void)snprintf(out, size, "%s%s%s", ratio_text(pair->low, low, sizeof low), dash,
                       ratio_text(pair->high, high, sizeof high));
    return out;
}

const char *comparison_word(const struct comparison *pair)
{
    bool said = pair->word != COMPARISON_UNDECIDED && pair->word != COMPARISON_NOT_RANKED;
    return said ? comparison_words[pair->word] : "";
}

/* The metrics, a bit for each, in which `row` is `word` against `other`. */
static unsigned metrics_of(const struct result_workload *workload, size_t row, size_t other,
                           enum comparison_word word)
{
    unsigned found = 0;
    for (size_t i = 0; i < COMPARED_METRICS; i++)
        if (compare_metrics_pair(&workload->comparisons[i], row, other).word == word)
            found |= 1U << i;
    return found;
}

static void put_metrics(FILE *out, unsigned found)
{
    const char *before = " in ";
    for (size_t i = 0; i < COMPARED_METRICS; i++)
        if (found & 1U << i) {
            (void)fprintf(out, "%s%s", before, comparison_titles[i]);
            before = ", ";
        }
}

/* Which pairs are said of a row: with all others but the reference, or with those before it. */
struct pairs {
    const struct result_workload *workload;
    size_t row, reference;
    size_t end; /* the others are those before this one */
};

static bool is_pair(const struct pairs *of, size_t other)
{
    return other != of->row && other != of->reference && row_measured(&of->workload->rows[other]);
}

/* " than jemalloc, jemalloc+prof in end, quiet": those of which it is so in the metrics of `first`,
 * if that is the first one of them. */
static bool put_group(const struct pairs *of, size_t first, enum comparison_word word,
                      const char *before, FILE *out)
{
    unsigned found = is_pair(of, first) ? metrics_of(of->workload, of->row, first, word) : 0;
    if (found == 0)
        return false;
    for (size_t i = 0; i < first; i++)
        if (is_pair(of, i) && metrics_of(of->workload, of->row, i, word) == found)
            return false;
    (void)fprintf(out, "%s than %s", before, of->workload->rows[first].row->name);
    for (size_t i = first + 1; i < of->end; i++)
        if (is_pair(of, i) && metrics_of(of->workload, of->row, i, word) == found)
            (void)fprintf(out, ", %s", of->workload->rows[i].row->name);
    put_metrics(out, found);
    return true;
}

static bool put_row(const struct pairs *of, FILE *out)
{
    bool said = false;
    for (int word = COMPARISON_BETTER; of->row != of->reference && word <= COMPARISON_WORSE;
         word++) {
        AUTO_FREE char *start = NULL;
        bool any = false;
        if (asprintf(&start, " %s is %s", of->workload->rows[of->row].row->name,
                     comparison_words[word]) < 0)
            abort();
        for (size_t first = 0; first < of->end; first++)
            any = put_group(of, first, (enum comparison_word)word, any ? ";" : start, out) || any;
        if (any)
            (void)fputc('.', out);
        said = said || any;
    }
    return said;
}

char *comparison_others(const struct result_workload *workload, size_t reference)
{
    bool any = false, all = workload->row_count <= COMPARISON_ALL_ROWS_MAX;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    (void)fputs(all ? "Other pairs:" : "Of the other pairs:", out);
    for (size_t row = 0; all && row < workload->row_count; row++)
        any = put_row(&(struct pairs){workload, row, reference, row}, out) || any;
    if (!all && workload->advice.told != RECOMMEND_NONE)
        any = put_row(&(struct pairs){workload, (size_t)workload->advice.told, reference,
                                      workload->row_count},
                      out);
    char *text = memory_stream_close(&memory);
    if (any)
        return text;
    free(text);
    return NULL;
}
