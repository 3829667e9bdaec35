#include "replay_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "replay_text.h"
#include "result.h"
#include "trace_facts.h"
#include "trace_originals.h"

static const double small_heap_bytes = 20e6;
static const double least_end = 0.1; /* of the peak: of heap, and of what lives */
static const double good = 0.02, indicative = 0.05;

const char *const replay_grade_names[] = {"unchecked", "good", "indicative", "refused", NULL};
const char *const replay_moment_names[] = {"peak", "end", NULL};

static const struct result_row *find_row(const struct result_workload *workload, const char *name)
{
    for (size_t i = 0; i < workload->row_count; i++)
        if (strcmp(workload->rows[i].row->name, name) == 0 && workload->rows[i].valid > 0)
            return &workload->rows[i];
    return NULL;
}

/* Any row that was played: what is counted of the trace is the same in all. */
static const struct result_row *played_row(const struct result_workload *workload)
{
    for (size_t i = 0; i < workload->row_count; i++)
        if (workload->rows[i].valid > 0)
            return &workload->rows[i];
    return NULL;
}

static struct replay_level level_of(const struct trace_range *original, double replayed)
{
    return (struct replay_level){.least = (double)original->least,
                                 .median = (double)original->median,
                                 .most = (double)original->most,
                                 .replayed = replayed};
}

static void add_row(struct replay_check *check, const struct result_workload *workload,
                    const struct trace_facts *facts, const struct trace_originals *originals,
                    const char *allocator)
{
    if (originals->peak_heap_bytes.median <= 0 || originals->end_heap_bytes.median < 0 ||
        check->row_count == REPLAY_ROWS)
        return;
    const struct result_row *row = find_row(workload, allocator);
    if (!row)
        return;
    const double outside = (double)replay_text_counter(row, "outside_heap_bytes");
    const struct result_subject *subject = &row->subjects[RECORD_PRIMARY];
    const double peak = subject->metric[METRIC_RSS_ANON_PEAK].median;
    const double end = subject->metric[METRIC_RSS_ANON_END].median;
    if (outside < 0 || isnan(peak) || isnan(end))
        return; /* it is not known what its heap was */
    struct replay_row *out = &check->rows[check->row_count++];
    *out = (struct replay_row){
        .name = row->row->name,
        .originals = originals->count,
        .at = {[REPLAY_PEAK] = level_of(&originals->peak_heap_bytes, peak - outside),
               [REPLAY_END] = level_of(&originals->end_heap_bytes, end - outside)},
    };
    replay_curve_original(originals->typical, out->original);
    replay_curve_replayed(row, facts, outside, out->replayed);
}

double replay_check_off(const struct replay_level *level)
{
    return level->replayed / level->median - 1;
}

static double share(const struct replay_level *level, double bytes)
{
    return bytes / fmax(level->median, small_heap_bytes);
}

bool replay_check_differs(const struct replay_level *level)
{
    return share(level, level->most - level->least) > good;
}

/* Beyond what the originals took. */
static double error_of(const struct replay_level *level)
{
    double beyond = fmax(level->least - level->replayed, level->replayed - level->most);
    return share(level, fmax(beyond, 0));
}

/* A level of next to nothing is taken for `held`. */
static double apart_of(const struct replay_level *level, double held)
{
    double off = fabs(level->replayed - level->median) / fmax(level->median, held);
    double own = fmax(level->most, held) / fmax(level->least, held) - 1;
    return fmax(2 * off, own);
}

/* What is left of the heap then is what had not been given back yet. */
static bool all_but_empty(const struct result_row *played)
{
    int64_t peak = replay_text_counter(played, "trace_peak_live_bytes");
    int64_t end = replay_text_counter(played, "trace_live_bytes");
    return peak >= 0 && end >= 0 && (double)end < least_end * (double)peak;
}

static void measure(struct replay_check *check, const struct result_row *played)
{
    check->ends_unsure = check->row_count > 0 && all_but_empty(played);
    check->error = check->off = NAN;
    for (size_t i = 0; i < check->row_count; i++) {
        const struct replay_level *at = check->rows[i].at;
        const double held = least_end * at[REPLAY_PEAK].median;
        check->ends_unsure |= at[REPLAY_END].median < held;
        for (size_t m = 0; m < REPLAY_MOMENTS; m++) {
            check->error = fmax(check->error, error_of(&at[m]));
            check->off = fmax(check->off, share(&at[m], fabs(at[m].replayed - at[m].median)));
            check->apart[m] = fmax(check->apart[m], apart_of(&at[m], held));
        }
    }
}

/* What the trace lacks, that no replay can make good. */
static const char *missing(const struct result_row *row)
{
    static const struct {
        const char *counter, *why;
    } whole[] = {
        {"trace_damaged", "the trace is not whole"},
        {"trace_lost_events", "the recorder lost events"},
        {"trace_unknown_frees", "blocks were freed that the recorder never saw allocated"},
        {"trace_programs_unrecorded", "programs ran that were not recorded"},
        {"trace_miscounted_threads", "threads counted other calls than the trace has"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(whole); i++)
        if (replay_text_counter(row, whole[i].counter) > 0)
            return whole[i].why;
    return NULL;
}

bool replay_check_is_near(const struct replay_check *check)
{
    return check->error <= good;
}

static enum replay_grade grade_of(const struct replay_check *check, bool whole)
{
    if (!whole)
        return REPLAY_REFUSED;
    if (check->row_count == 0)
        return REPLAY_UNCHECKED;
    if (!(check->error <= indicative))
        return REPLAY_REFUSED;
    return check->row_count == REPLAY_ROWS && replay_check_is_near(check) &&
                   check->off <= indicative
               ? REPLAY_GOOD
               : REPLAY_INDICATIVE;
}

void replay_check_build(const struct stored_run *stored, size_t index,
                        const struct result_workload *workload, struct replay_check *out)
{
    AUTO(trace_facts) struct trace_facts facts;
    trace_facts_init(&facts);
    *out = (struct replay_check){.error = NAN, .off = NAN};
    const struct result_row *played = played_row(workload);
    if (!spec_trace_given(&workload->workload->trace) || !played)
        return;
    out->is_trace = true;
    const char *text = stored->kept ? stored->kept[index] : NULL;
    if (text && trace_facts_read(text, strlen(text), &facts, NULL) == 0 &&
        workload->workload->trace.mode != SPEC_TRACE_ONE_THREAD) {
        const char *on = facts.allocator ? facts.allocator : "glibc";
        const struct trace_originals stand_in = trace_originals_stand_in(&facts);
        const struct trace_originals own = trace_originals_on(&facts, on);
        const struct trace_originals other = trace_originals_on(&facts, "jemalloc");
        add_row(out, workload, &facts, stand_in.count > 0 ? &stand_in : &own, on);
        if (strcmp(on, "jemalloc") != 0)
            add_row(out, workload, &facts, &other, "jemalloc");
        out->stand_in = stand_in.count > 0 && out->row_count > 0;
        if (facts.slice_count > 0)
            out->seconds = (double)facts.slices[facts.slice_count - 1].end_us / 1e6;
    }
    const char *why = missing(played);
    measure(out, played);
    out->grade = grade_of(out, why == NULL);
    out->sentence = replay_text(out, played, why);
}

void replay_check_release(struct replay_check *check)
{
    free(check->sentence);
    *check = (struct replay_check){.is_trace = false};
}
