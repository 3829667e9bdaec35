#include "replay_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "memory_stream.h"
#include "result.h"
#include "trace_facts.h"
#include "units.h"

static const double small_heap_bytes = 20e6;
static const double least_end = 0.1; /* of the peak */
static const double good = 0.02, indicative = 0.05;

const char *const replay_grade_names[] = {"unchecked", "good", "indicative", "refused", NULL};

static int64_t counter(const struct result_row *row, const char *name)
{
    return row->valid > 0 ? record_counter(record_primary(row->records[0]), name) : RECORD_NA;
}

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

static void add_row(struct replay_check *check, const struct result_workload *workload,
                    const struct trace_facts *facts, const struct trace_run *original,
                    const char *allocator)
{
    if (!original || original->peak_heap_bytes <= 0 || check->row_count == REPLAY_ROWS)
        return;
    const struct result_row *row = find_row(workload, allocator);
    if (!row)
        return;
    int64_t outside = counter(row, "outside_heap_bytes");
    const struct result_subject *subject = &row->subjects[RECORD_PRIMARY];
    if (outside < 0 || isnan(subject->metric[METRIC_RSS_ANON_PEAK].median) ||
        isnan(subject->metric[METRIC_RSS_ANON_END].median))
        return; /* it is not known what its heap was */
    struct replay_row *out = &check->rows[check->row_count++];
    *out = (struct replay_row){
        .name = row->row->name,
        .original_peak = (double)original->peak_heap_bytes,
        .original_end = (double)original->end_heap_bytes,
        .replayed_peak = subject->metric[METRIC_RSS_ANON_PEAK].median - (double)outside,
        .replayed_end = subject->metric[METRIC_RSS_ANON_END].median - (double)outside,
    };
    replay_curve_original(original, out->original);
    replay_curve_replayed(row, facts, (double)outside, out->replayed);
}

static double off(double replayed, double original)
{
    return (replayed - original) / fmax(original, small_heap_bytes);
}

static void measure_error(struct replay_check *check)
{
    check->error = NAN;
    for (size_t i = 0; i < check->row_count; i++) {
        const struct replay_row *row = &check->rows[i];
        check->error = fmax(check->error, fabs(off(row->replayed_peak, row->original_peak)));
        check->error = fmax(check->error, fabs(off(row->replayed_end, row->original_end)));
        double held = fmax(row->original_end, least_end * row->original_peak);
        check->ends_unsure |= row->original_end < held;
        check->apart = fmax(check->apart, 2 * fabs(row->replayed_peak / row->original_peak - 1));
        check->apart = fmax(check->apart, 2 * fabs(row->replayed_end - row->original_end) / held);
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
        if (counter(row, whole[i].counter) > 0)
            return whole[i].why;
    return NULL;
}

static void grade(struct replay_check *check, const struct result_row *played, const char **out_why)
{
    *out_why = missing(played);
    check->grade = REPLAY_REFUSED;
    if (!*out_why && check->row_count == 0)
        check->grade = REPLAY_UNCHECKED;
    else if (*out_why || !(check->error <= indicative))
        return;
    else if (check->error <= good && check->row_count == REPLAY_ROWS)
        check->grade = REPLAY_GOOD;
    else
        check->grade = REPLAY_INDICATIVE;
}

/* Why a replay may be far off, of what can be known of the trace. */
static void say_reasons(FILE *out, const struct result_row *played)
{
    char text[64];
    int64_t unknown = counter(played, "trace_unknown_touch_bytes");
    int64_t programs = counter(played, "trace_programs");
    if (unknown > 0)
        (void)fprintf(out, " Of %s in large blocks it is not known how far they were written.",
                      units_format_bytes((double)unknown, text, sizeof text));
    if (unknown <= 0 && programs <= 1)
        (void)fputs(" What a program maps by itself, or an allocator of its own inside malloc's "
                    "blocks, is not in a trace; and blocks that were first written late were "
                    "written early.",
                    out);
}

/* Arenas are made by cores. */
static void say_cores(FILE *out, const struct result_row *played)
{
    int64_t recorded = counter(played, "trace_cores"), had = counter(played, "played_cores");
    if (had > 0 && recorded > had)
        (void)fprintf(out,
                      " It was recorded on %lld cores and played on %lld, so that allocators made "
                      "fewer arenas for its threads.",
                      (long long)recorded, (long long)had);
}

/* Trees are not played together; what they took was looked at together. */
static void say_programs(FILE *out, const struct result_row *played)
{
    int64_t programs = counter(played, "trace_programs");
    int64_t events = counter(played, "trace_events");
    int64_t others = counter(played, "trace_other_events"), all = events + others;
    if (programs <= 1 || others < 0)
        return;
    (void)fprintf(out,
                  " One of %lld programs that were recorded together was played (--image chooses "
                  "it); the others, which made %lld of all %lld events, were not, and the original "
                  "is all of them.",
                  (long long)programs, (long long)others, (long long)all);
}

static void say_rows(FILE *out, const struct replay_check *check)
{
    char peak[64], end[64];
    for (size_t i = 0; i < check->row_count; i++) {
        const struct replay_row *row = &check->rows[i];
        (void)fprintf(out,
                      "%s on %s its heap is %+.1f %% of %s at the peak and %+.1f %% of %s at the "
                      "end",
                      i > 0 ? "," : "", row->name,
                      100 * (row->replayed_peak / row->original_peak - 1),
                      units_format_bytes(row->original_peak, peak, sizeof peak),
                      100 * (row->replayed_end / row->original_end - 1),
                      units_format_bytes(row->original_end, end, sizeof end));
    }
}

static char *sentence(const struct replay_check *check, const struct result_row *played,
                      const char *why)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    switch (check->grade) {
    case REPLAY_GOOD:
        (void)fputs("The replay stands for the program:", out);
        say_rows(out, check);
        (void)fprintf(out, ". Differences of memory below %.1f %% are not told apart%s.",
                      100 * check->apart,
                      check->ends_unsure ? ", nor what rows keep at the end, where next to nothing "
                                           "is left"
                                         : "");
        break;
    case REPLAY_INDICATIVE:
        (void)fputs("The replay indicates:", out);
        say_rows(out, check);
        (void)fprintf(out, ". %s, so rows are not ranked by it.",
                      check->stand_in
                          ? "It was held against the recorded run itself, less the recorder's own "
                            "memory, on one row alone; what large blocks held before they were "
                            "given is missing there"
                      : check->row_count < REPLAY_ROWS
                          ? "One row alone was held against its original (glibc and jemalloc are "
                            "asked)"
                          : "That is not within 2 %");
        break;
    case REPLAY_REFUSED:
        (void)fputs("The replay does not stand for the program, and rows are not judged by it:",
                    out);
        if (why)
            (void)fprintf(out, " %s.", why);
        else {
            say_rows(out, check);
            (void)fputs(".", out);
            say_reasons(out, played);
        }
        break;
    case REPLAY_UNCHECKED:
        (void)fputs(
            "How near the replay comes to the program is not known, and rows are not ranked "
            "by it: the trace holds no original run on a row that was replayed ('heapchurn "
            "record' makes them, on glibc and jemalloc, unless --no-compare is given).",
            out);
        break;
    }
    say_programs(out, played);
    say_cores(out, played);
    return memory_stream_close(&memory);
}

void replay_check_build(const struct stored_run *stored, size_t index,
                        const struct result_workload *workload, struct replay_check *out)
{
    AUTO(trace_facts) struct trace_facts facts;
    const char *why = NULL;
    trace_facts_init(&facts);
    *out = (struct replay_check){.error = NAN};
    const struct result_row *played = played_row(workload);
    if (!spec_trace_given(&workload->workload->trace) || !played)
        return;
    out->is_trace = true;
    const char *text = stored->kept ? stored->kept[index] : NULL;
    if (text && trace_facts_read(text, strlen(text), &facts, NULL) == 0 &&
        workload->workload->trace.mode != SPEC_TRACE_ONE_THREAD) {
        const char *on = facts.allocator ? facts.allocator : "glibc";
        const struct trace_run *stand_in = trace_facts_stand_in(&facts);
        add_row(out, workload, &facts, stand_in ? stand_in : trace_facts_original(&facts, on), on);
        if (strcmp(on, "jemalloc") != 0)
            add_row(out, workload, &facts, trace_facts_original(&facts, "jemalloc"), "jemalloc");
        out->stand_in = stand_in && out->row_count > 0;
        if (facts.slice_count > 0)
            out->seconds = (double)facts.slices[facts.slice_count - 1].end_us / 1e6;
    }
    measure_error(out);
    grade(out, played, &why);
    out->sentence = sentence(out, played, why);
}

void replay_check_release(struct replay_check *check)
{
    free(check->sentence);
    *check = (struct replay_check){.is_trace = false};
}
