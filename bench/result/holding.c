#include "holding.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "result.h"
#include "row_words.h"

static const char no_pass[] = "no pass was run";

static bool is_of(const struct pass *pass, const char *workload, const char *row)
{
    return strcmp(pass->workload, workload) == 0 && strcmp(pass->row, row) == 0;
}

const struct pass *holding_pass(const struct stored_run *stored, const char *workload,
                                const char *row, enum pass_kind kind)
{
    const struct pass *silent = NULL;
    for (size_t i = 0; i < stored->pass_count; i++) {
        const struct pass *pass = &stored->passes[i];
        if (!is_of(pass, workload, row) || pass->kind != kind)
            continue;
        if (!pass->unavailable)
            return pass;
        silent = silent ? silent : pass;
    }
    return silent;
}

/* Why there is no pass of a leak tool. */
static const char *why_none(const struct stored_run *stored, const struct workload *workload,
                            const struct result_row *row)
{
    bool any = false, sibling = false;
    for (size_t i = 0; i < stored->pass_count; i++) {
        const struct pass *pass = &stored->passes[i];
        any = any || strcmp(pass->workload, workload->name) == 0;
        if (strcmp(pass->workload, workload->name) != 0 || pass->kind == PASS_LEDGER)
            continue;
        for (size_t r = 0; r < stored->run.row_count; r++)
            sibling = sibling || (strcmp(stored->run.rows[r].name, pass->row) == 0 &&
                                  strcmp(stored->run.rows[r].allocator, row->row->allocator) == 0);
    }
    if (!any || !workload_is_own(workload))
        return no_pass;
    return sibling
               ? "leak tools look at a program once for each allocator, on the first of its rows"
               : "no leak tool of this allocator can be put into a program; 'heapchurn diagnose "
                 "-- COMMAND' tells what is lost";
}

static struct holding_count count_of(const struct pass *pass, const char *none)
{
    struct holding_count count = {.blocks = RECORD_NA, .bytes = RECORD_NA, .pass = pass};
    if (!pass)
        count.unavailable = none;
    else if (pass->unavailable)
        count.unavailable = pass->unavailable;
    else {
        count.blocks = pass->blocks - pass->remainder_blocks;
        count.bytes = pass->bytes - pass->remainder_bytes;
    }
    return count;
}

/* What was not freed bounds what was lost, and where all was freed nothing is lost. */
static struct holding_count lost_of(const struct pass *unreachable, const char *none,
                                    const struct holding_count *not_freed)
{
    struct holding_count lost = count_of(unreachable, none);
    if (!lost.unavailable || not_freed->unavailable)
        return unreachable ? lost : *not_freed;
    lost = *not_freed;
    lost.at_most = not_freed->blocks > 0;
    return lost;
}

/* A leak tool sees the tables of the replayer, and not what the program pointed to. */
static struct holding_count lost_of_trace(void)
{
    return (struct holding_count){
        .blocks = RECORD_NA,
        .bytes = RECORD_NA,
        .unavailable = "a trace has no pointers, so that it cannot be told what its program lost; "
                       "not freed is what lived when the trace ended"};
}

static const struct pass *find_profile(const struct stored_run *stored, const char *workload,
                                       const char *row)
{
    for (size_t i = 0; i < stored->pass_count; i++) {
        const struct pass *pass = &stored->passes[i];
        if (is_of(pass, workload, row) && (pass->site_count > 0 || pass->no_profile))
            return pass;
    }
    return NULL;
}

static void build_held(const struct result_row *row, struct result_holding *out)
{
    const struct estimate *live = &row->subjects[RECORD_PRIMARY].metric[METRIC_LIVE_QUIET];
    out->held_quiet_bytes = live->median;
    out->held_unavailable = live->unavailable;
    if (live->unavailable && out->ledger) {
        out->held_quiet_bytes = (double)out->ledger->live_bytes;
        out->held_by_ledger = true;
        out->held_unavailable = NULL;
    }
}

static void build_given_back(const struct result_row *row, struct result_holding *out)
{
    const struct estimate *metric = row->subjects[RECORD_PRIMARY].metric;
    out->given_back_bytes =
        metric[METRIC_RSS_ANON_QUIET].median - metric[METRIC_RSS_ANON_RELEASED].median;
    out->release_ns = metric[METRIC_RELEASE_TIME].median;
    out->not_released = metric[METRIC_RELEASE_TIME].unavailable;
    if (row->valid > 0) {
        out->call = record_primary(row->records[0])->release_call;
        out->reach = record_primary(row->records[0])->release_reach;
    }
}

void holding_build(const struct stored_run *stored, const struct workload *workload,
                   struct result_row *row)
{
    const char *name = row->row->name;
    const char *none = why_none(stored, workload, row);
    struct result_holding *out = &row->holding;
    const struct pass *ledger = holding_pass(stored, workload->name, name, PASS_LEDGER);
    out->not_freed = count_of(holding_pass(stored, workload->name, name, PASS_NOT_FREED), none);
    out->lost = spec_trace_given(&workload->trace)
                    ? lost_of_trace()
                    : lost_of(holding_pass(stored, workload->name, name, PASS_UNREACHABLE), none,
                              &out->not_freed);
    out->ledger = ledger && !ledger->unavailable ? ledger : NULL;
    out->no_ledger = !ledger ? no_pass : ledger->unavailable;
    out->profile = find_profile(stored, workload->name, name);
    build_held(row, out);
    build_given_back(row, out);
}

int64_t holding_own_difference(const struct pass *ledger)
{
    if (ledger->own_live_bytes < 0)
        return RECORD_NA;
    return ledger->own_live_bytes - ledger->live_bytes -
           ledger->overhead_bytes * ledger->live_blocks;
}

enum holding_agreement holding_own_agrees(const struct pass *ledger)
{
    if (!ledger || ledger->own_live_bytes < 0 || ledger->excess_max_bytes < 0)
        return HOLDING_UNCHECKED;
    int64_t difference = holding_own_difference(ledger);
    return difference >= -HOLDING_SLACK_BYTES &&
                   difference <= ledger->excess_max_bytes + HOLDING_SLACK_BYTES
               ? HOLDING_AGREES
               : HOLDING_DISAGREES;
}

/* Less than this share of what grew in the pass. */
#define HELD_SHARE 0.05

/* What a tool found at the end, where that is next to nothing of what the program had grown by. */
static const struct holding_count *held_by(const struct result_row *row)
{
    const struct holding_count *lost = &row->holding.lost;
    const struct estimate *slope = &row_primary(row)->metric[METRIC_LIVE_PER_CYCLE];
    if (!row_live_grows(row) || lost->unavailable || slope->unavailable || !lost->pass)
        return NULL;
    double grown = slope->median * (double)lost->pass->cycles;
    return (double)lost->bytes < HELD_SHARE * grown ? lost : NULL;
}

void holding_say_held(FILE *out, const struct result_workload *workload)
{
    const struct holding_count *held = NULL;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct holding_count *by = held_by(&workload->rows[i]);
        held = by && (!held || by->blocks < held->blocks) ? by : held;
        if (row_live_grows(&workload->rows[i]) && !by &&
            !workload->rows[i].holding.lost.unavailable)
            return; /* here it is lost */
    }
    if (held)
        (void)fprintf(
            out,
            " It is not lost but held until the %s closes, where no leak checker sees it: "
            "%s found %" PRId64 " block%s lost at the end of %" PRId64 " cycles.",
            workload->subject_names[RECORD_PRIMARY], held->pass->tool, held->blocks,
            held->blocks == 1 ? "" : "s", held->pass->cycles);
}
