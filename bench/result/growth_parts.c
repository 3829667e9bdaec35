#include "growth_parts.h"

#include <math.h>
#include <stdlib.h>

#include "malloc_share.h"
#include "order.h"
#include "row_words.h"

/* Parts within this share of each other are the same; below these bytes per cycle nothing. */
#define SAME_SHARE    0.25
#define NOTHING_BYTES 64.0

static bool outside_grows(const struct result_row *row)
{
    return row_has_finding(row, FINDING_OUTSIDE_GROWS);
}

bool growth_parts_kept_or_outside(const struct result_row *row)
{
    return row_has_finding(row, FINDING_NOT_LIVE_GROWS);
}

/* Its parts of growth are told, and there is growth. */
static bool parts_told(const struct result_row *row)
{
    return row_rss_grows(row) && !isnan(row_primary(row)->metric[METRIC_KEPT_PER_CYCLE].median) &&
           !isnan(row_primary(row)->metric[METRIC_OUTSIDE_PER_CYCLE].median);
}

struct range {
    double least, most;
};

static struct range range_of(const struct result_workload *workload, row_filter *filter,
                             enum metric_id metric)
{
    struct range range = {INFINITY, -INFINITY};
    for (size_t i = 0; i < workload->row_count; i++) {
        double median = row_primary(&workload->rows[i])->metric[metric].median;
        if (!filter(&workload->rows[i]) || isnan(median))
            continue;
        range.least = fmin(range.least, median);
        range.most = fmax(range.most, median);
    }
    return range;
}

/* Median over the blocks of live's share of the growth of what is occupied. */
static double live_share(const struct result_row *row)
{
    const struct result_subject *subject = row_primary(row);
    AUTO_FREE double *shares = calloc(subject->attribution_count + 1, sizeof *shares);
    if (!shares)
        abort();
    for (size_t i = 0; i < subject->attribution_count; i++)
        shares[i] = subject->attributions[i].growth.part[PART_LIVE].share;
    return order_median(shares, subject->attribution_count);
}

/* Whose the growth of RSS is, over the rows whose parts are told. */
static void say_shares(FILE *out, const struct result_workload *workload)
{
    struct range share = {INFINITY, -INFINITY};
    size_t told = row_count_of(workload, parts_told);
    if (told == 0)
        return;
    for (size_t i = 0; i < workload->row_count; i++) {
        double one = parts_told(&workload->rows[i]) ? live_share(&workload->rows[i]) : NAN;
        share.least = isnan(one) ? share.least : fmin(share.least, one);
        share.most = isnan(one) ? share.most : fmax(share.most, one);
    }
    if (share.most < share.least)
        return;
    (void)fprintf(out, " Of the growth of RSS the application holds %.0f", 100 * share.least);
    if (share.most - share.least > 0.01)
        (void)fprintf(out, " to %.0f", 100 * share.most);
    (void)fputs(" % ", out);
    row_say_where(out, workload, parts_told);
    struct range kept = range_of(workload, parts_told, METRIC_KEPT_PER_CYCLE);
    struct range outside = range_of(workload, parts_told, METRIC_OUTSIDE_PER_CYCLE);
    if (kept.most < NOTHING_BYTES) {
        (void)fputs("; the allocators keep none of it", out);
    } else {
        bool differs = kept.most - kept.least > SAME_SHARE * kept.most;
        (void)fputs(told == 1 ? "; the allocator keeps "
                    : differs ? "; the allocators' part differs: "
                              : "; the allocators keep the same: ",
                    out);
        row_say_range(out, workload, parts_told, METRIC_KEPT_PER_CYCLE, row_say_per_cycle);
        (void)fputs(" per cycle", out);
    }
    if (outside.most < NOTHING_BYTES) {
        (void)fputs("; outside them nothing grows.", out);
        return;
    }
    (void)fputs("; outside ", out);
    row_say_range(out, workload, parts_told, METRIC_OUTSIDE_PER_CYCLE, row_say_per_cycle);
    bool same = told > 1 && outside.most - outside.least <= SAME_SHARE * outside.most;
    (void)fputs(same ? " per cycle, the same on all rows, so no allocator changes it."
                     : " per cycle.",
                out);
}

/* Objects that a run-time never lets go fill what it maps, past malloc. */
static void say_own_heap(FILE *out, const struct result_workload *workload)
{
    const char *hint = NULL;
    const char *heap = malloc_share_heap(workload, &hint);
    if (heap)
        (void)fprintf(out, " Objects lie there, leaked or not, in %s.%s%s", heap, hint ? " " : "",
                      hint ? hint : "");
}

/* What grows and is not the allocators', or cannot be told. */
static void say_outside(FILE *out, const struct result_workload *workload)
{
    if (row_count_of(workload, outside_grows)) {
        (void)fputs(" Outside the allocator, in stacks, own mappings, shared memory or files, it "
                    "grows ",
                    out);
        row_say_where(out, workload, outside_grows);
        (void)fputs(": no other allocator changes that; 'heapchurn watch --smaps' names the "
                    "mappings.",
                    out);
        say_own_heap(out, workload);
    }
    if (row_count_of(workload, growth_parts_kept_or_outside)) {
        (void)fputs(" Whether the allocator keeps it or it lies outside cannot be told ", out);
        row_say_where(out, workload, growth_parts_kept_or_outside);
        (void)fputs(".", out);
    }
}

void growth_parts_say(FILE *out, const struct result_workload *workload)
{
    say_outside(out, workload);
    say_shares(out, workload);
}
