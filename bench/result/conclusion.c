#include "conclusion.h"

#include <math.h>
#include <string.h>

#include "conclusion_keepers.h"
#include "growth_parts.h"
#include "huge_pages_cost.h"
#include "levels.h"
#include "malloc_share.h"
#include "memory_stream.h"
#include "result.h"
#include "row_words.h"
#include "units.h"

static void nobody_can_tell(FILE *out, const struct result_workload *workload);
static void application_holds(FILE *out, const struct result_workload *workload);
static void rows_disagree(FILE *out, const struct result_workload *workload);
static void nothing_is_lost(FILE *out, const struct result_workload *workload);
static void live_is_unclear(FILE *out, const struct result_workload *workload);

static bool live_unclear(const struct result_row *row)
{
    return row_tells_live(row) && row_primary(row)->live == SIGNAL_UNCLEAR;
}

static bool too_few_points(const struct result_row *row)
{
    return row_tells_live(row) && row_primary(row)->verdict.reason == REASON_TOO_FEW_SAMPLES;
}

static bool cannot_tell_live(const struct result_row *row)
{
    return row_measured(row) && !row_tells_live(row);
}

static bool rss_flat(const struct result_row *row)
{
    return row_measured(row) && row_primary(row)->rss_anon == SIGNAL_FLAT;
}

static bool rss_unclear(const struct result_row *row)
{
    return row_measured(row) && row_primary(row)->rss_anon == SIGNAL_UNCLEAR;
}

static bool cannot_tell_but_grows(const struct result_row *row)
{
    return cannot_tell_live(row) && row_rss_grows(row);
}

static bool cannot_tell_nor_grows(const struct result_row *row)
{
    return cannot_tell_live(row) && !row_rss_grows(row);
}

static bool told_by_ledger(const struct result_row *row)
{
    return row_primary(row)->live_by_ledger;
}

static void conclude(FILE *out, const struct result_workload *workload)
{
    size_t tellers = row_count_of(workload, row_tells_live);
    size_t growing = row_count_of(workload, row_live_grows);
    size_t flat = row_count_of(workload, row_live_flat);
    if (tellers == 0)
        nobody_can_tell(out, workload);
    else if (growing && flat)
        rows_disagree(out, workload);
    else if (growing)
        application_holds(out, workload);
    else if (flat)
        nothing_is_lost(out, workload);
    else
        live_is_unclear(out, workload);
    if (tellers > 0)
        growth_parts_say(out, workload);
    if (row_count_of(workload, told_by_ledger)) {
        (void)fputs(" Live of ", out);
        row_say_names(out, workload, told_by_ledger);
        (void)fputs(" was counted by the ledger, in one pass.", out);
    }
}

char *conclusion_text(const struct result_workload *workload)
{
    if (row_count_of(workload, row_measured) == 0)
        return NULL;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    conclude(out, workload);
    huge_pages_cost_say(out, workload);
    return memory_stream_close(&memory);
}

static void nobody_can_tell(FILE *out, const struct result_workload *workload)
{
    (void)fputs("No row tells what the application holds", out);
    if (row_count_of(workload, row_rss_grows)) {
        (void)fputs(", and ", out);
        conclusion_say_rss_growth(out, workload, row_rss_grows);
        (void)fputs(": that may be a leak, or memory that the allocator keeps.", out);
    } else if (row_count_of(workload, rss_unclear)) {
        (void)fputs(", and RSS cannot be judged ", out);
        row_say_where(out, workload, rss_unclear);
        (void)fputs(": run more cycles.", out);
    } else {
        (void)fputs(". Anonymous RSS stays flat ", out);
        row_say_where(out, workload, rss_flat);
        (void)fputs(", but a leak into memory already held cannot be ruled out.", out);
    }
    bool several = row_count_of(workload, row_is_several) > 0;
    (void)fputs(several ? " The table of processes says what each of them holds."
                        : " Measure a row with a live counter beside it.",
                out);
}

/* "on every row", "on all 4 rows that can tell (...)", "on glibc, the only row that can tell". */
static void say_tellers(FILE *out, const struct result_workload *workload)
{
    size_t tellers = row_count_of(workload, row_tells_live);
    if (tellers == row_count_of(workload, row_measured)) {
        row_say_where(out, workload, row_tells_live);
        return;
    }
    if (tellers > 2)
        (void)fprintf(out, "on all %zu rows that can tell (", tellers);
    else
        (void)fputs(tellers == 2 ? "on both rows that can tell (" : "on ", out);
    row_say_names(out, workload, row_tells_live);
    (void)fputs(tellers == 1 ? ", the only row that can tell" : ")", out);
}

static bool one_rate(const struct result_workload *workload)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < workload->row_count; i++) {
        double rate = row_primary(&workload->rows[i])->metric[METRIC_LIVE_PER_CYCLE].median;
        if (!row_live_grows(&workload->rows[i]) || isnan(rate))
            continue;
        least = fmin(least, rate);
        most = fmax(most, rate);
    }
    return most <= CONCLUSION_SAME_RATE * least || most - least <= CONCLUSION_BLOCK_BYTES;
}

static void application_holds(FILE *out, const struct result_workload *workload)
{
    size_t growing = row_count_of(workload, row_live_grows);
    bool all = growing == row_count_of(workload, row_tells_live);
    bool mostly = row_count_of(workload, row_is_leak) > 0;
    (void)fputs(all ? "T" : "As far as can be told, t", out);
    (void)fputs(mostly ? "he application holds the memory: live grows "
                       : "he application holds a part of what grows: live grows ",
                out);
    if (all)
        say_tellers(out, workload);
    else
        row_say_where(out, workload, row_live_grows);
    (void)fputs(" by ", out);
    row_say_range(out, workload, row_live_grows, METRIC_LIVE_PER_CYCLE, row_say_per_cycle);
    (void)fputs(" per cycle", out);
    if (growing > 1 && one_rate(workload))
        (void)fputs(", one rate but for the size of blocks", out);
    (void)fputs(mostly ? ". No allocator can return it, and changing the allocator will not help; "
                       : ". No allocator can return that part; ",
                out);
    (void)fputs("'heapchurn diagnose' names the code that holds it", out);
    if (workload->workload->leak_bytes == 0)
        (void)fputs(", and a longer run tells a leak from a cache that fills", out);
    (void)fputs(".", out);
    holding_say_held(out, workload);
    if (workload->workload->leak_bytes > 0)
        (void)fprintf(out,
                      " The %s loses %lld B per cycle on purpose, which an allocator counts at "
                      "the size of the block.",
                      workload->subject_names[RECORD_PRIMARY],
                      (long long)workload->workload->leak_bytes);
    if (growing > 1 && !one_rate(workload))
        (void)fputs(" The rates differ by more than the size of blocks explains: on the row that "
                    "grows fastest something else may be held as well.",
                    out);
    if (!all) {
        (void)fputs(" Live cannot be judged ", out);
        row_say_where(out, workload, live_unclear);
        (void)fputs(": run more cycles.", out);
    }
    if (row_count_of(workload, cannot_tell_but_grows)) {
        (void)fputs(" ", out);
        row_say_names(out, workload, cannot_tell_but_grows);
        (void)fputs(" cannot tell live, but RSS grows there too, by ", out);
        row_say_range(out, workload, cannot_tell_but_grows, METRIC_RSS_ANON_PER_CYCLE,
                      row_say_per_cycle);
        (void)fputs(" per cycle.", out);
    }
    if (row_count_of(workload, cannot_tell_nor_grows)) {
        (void)fputs(" ", out);
        row_say_names(out, workload, cannot_tell_nor_grows);
        (void)fputs(" cannot tell live, and RSS was not seen to grow there.", out);
    }
}

static void rows_disagree(FILE *out, const struct result_workload *workload)
{
    (void)fputs("The rows disagree: under the same work live grows ", out);
    row_say_where(out, workload, row_live_grows);
    (void)fputs(" by ", out);
    row_say_range(out, workload, row_live_grows, METRIC_LIVE_PER_CYCLE, row_say_per_cycle);
    (void)fputs(" per cycle and stays flat ", out);
    row_say_where(out, workload, row_live_flat);
    (void)fputs(". The application did the same on all of them, so look at ", out);
    row_say_names(out, workload, row_live_grows);
    (void)fputs(" first: the library may lose memory itself, or count as live what it only keeps.",
                out);
}

/* The worst of the rows where live is flat: what nobody could have seen. */
static void say_resolution(FILE *out, const struct result_workload *workload)
{
    double unseen = NAN, cycles = NAN;
    char text[32];
    for (size_t i = 0; i < workload->row_count; i++) {
        if (!row_live_flat(&workload->rows[i]))
            continue;
        unseen = fmax(unseen, row_primary(&workload->rows[i])->verdict.unseen_per_cycle);
        cycles = fmin(cycles, row_primary(&workload->rows[i])->verdict.judged_cycles);
    }
    if (!isnan(unseen) && !isnan(cycles))
        (void)fprintf(out, " (no leak above %s/cycle over %.0f cycles)",
                      units_format_rate(fmax(1, unseen), text, sizeof text), cycles);
}

static void nothing_is_lost(FILE *out, const struct result_workload *workload)
{
    size_t flat = row_count_of(workload, row_live_flat);
    bool all = flat == row_count_of(workload, row_tells_live);
    const char *hint = NULL;
    if (flat > row_count_of(workload, live_unclear))
        (void)fprintf(out, "What the application holds%s does not grow: live stays flat ",
                      malloc_share_heap(workload, &hint) ? " through malloc" : "");
    else
        (void)fputs("Live stays flat ", out);
    if (all)
        say_tellers(out, workload);
    else
        row_say_where(out, workload, row_live_flat);
    say_resolution(out, workload);
    if (!all) {
        (void)fputs("; of ", out);
        row_say_names(out, workload, live_unclear);
        (void)fputs(" it cannot be judged: run more cycles", out);
    }
    (void)fputs(".", out);
    if (row_count_of(workload, conclusion_keeps))
        conclusion_say_keepers(out, workload);
    if (row_count_of(workload, conclusion_gives_back) == row_count_of(workload, row_measured)) {
        (void)fputs(
            all ? " Anonymous RSS stays flat on every row as well: there is no leak and no "
                  "hoarding, and the rows differ by their level alone, "
                : " Anonymous RSS stays flat on every row: nothing is hoarded, and the rows "
                  "differ by their level alone, ",
            out);
        row_say_range(out, workload, row_measured, METRIC_RSS_ANON_PLATEAU, row_say_mib);
        (void)fputs(".", out);
    }
    if (row_count_of(workload, rss_unclear)) {
        (void)fputs(" Whether RSS still grows cannot be judged ", out);
        row_say_where(out, workload, rss_unclear);
        (void)fputs(": run more cycles.", out);
    }
}

static void live_is_unclear(FILE *out, const struct result_workload *workload)
{
    if (levels_tell(workload)) {
        levels_say(out, workload);
        (void)fputs(" For a trend there are too few points, or they are too unsteady.", out);
        return;
    }
    if (row_count_of(workload, too_few_points) == row_count_of(workload, row_tells_live)) {
        (void)fprintf(out,
                      "There are too few %ss for a trend, so who holds the memory cannot be told: "
                      "run 18 at least, 60 make it surer.",
                      workload->workload->round ? workload->workload->round : "round");
        return;
    }
    (void)fputs("Live neither clearly grows nor is flat ", out);
    say_tellers(out, workload);
    (void)fputs(", so who holds the memory cannot be told: run more cycles.", out);
    if (row_count_of(workload, row_rss_grows)) {
        (void)fputs(" Meanwhile ", out);
        conclusion_say_rss_growth(out, workload, row_rss_grows);
        (void)fputs(".", out);
    }
}
