#include "replay_text.h"

#include <math.h>
#include <stdio.h>

#include "memory_stream.h"
#include "replay_check.h"
#include "result.h"
#include "units.h"

int64_t replay_text_counter(const struct result_row *row, const char *name)
{
    return row->valid > 0 ? record_counter(record_primary(row->records[0]), name) : RECORD_NA;
}

/* Why a replay may be far off, of what can be known of the trace. */
static void say_reasons(FILE *out, const struct result_row *played)
{
    char text[64];
    int64_t unknown = replay_text_counter(played, "trace_unknown_touch_bytes");
    int64_t programs = replay_text_counter(played, "trace_programs");
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
    int64_t recorded = replay_text_counter(played, "trace_cores"),
            had = replay_text_counter(played, "played_cores");
    if (had > 0 && recorded > had)
        (void)fprintf(out,
                      " It was recorded on %lld cores and played on %lld, so that allocators made "
                      "fewer arenas for its threads.",
                      (long long)recorded, (long long)had);
}

/* Trees are not played together; what they took was looked at together. */
static void say_programs(FILE *out, const struct result_row *played)
{
    int64_t programs = replay_text_counter(played, "trace_programs");
    int64_t events = replay_text_counter(played, "trace_events");
    int64_t others = replay_text_counter(played, "trace_other_events"), all = events + others;
    if (programs <= 1 || others < 0)
        return;
    (void)fprintf(out,
                  " One of %lld programs that were recorded together was played (--image chooses "
                  "it); the others, which made %lld of all %lld events, were not, and the original "
                  "is all of them.",
                  (long long)programs, (long long)others, (long long)all);
}

/* "+3.4 % of 79.1 MiB at the peak", and between which the originals were where they differ. */
static void say_level(FILE *out, const struct replay_level *level, const char *moment)
{
    char median[64], least[64], most[64];
    (void)fprintf(out, "%+.1f %% of %s", 100 * replay_check_off(level),
                  units_format_bytes(level->median, median, sizeof median));
    if (replay_check_differs(level))
        (void)fprintf(out, " (%s to %s from run to run)",
                      units_format_bytes(level->least, least, sizeof least),
                      units_format_bytes(level->most, most, sizeof most));
    (void)fprintf(out, " at the %s", moment);
}

static void say_rows(FILE *out, const struct replay_check *check)
{
    for (size_t i = 0; i < check->row_count; i++) {
        const struct replay_row *row = &check->rows[i];
        (void)fprintf(out, "%s on %s its heap is ", i > 0 ? "," : "", row->name);
        for (size_t m = 0; m < REPLAY_MOMENTS; m++) {
            (void)fputs(m > 0 ? " and " : "", out);
            say_level(out, &row->at[m], replay_moment_names[m]);
        }
    }
}

void replay_text_apart(FILE *out, const struct replay_check *check)
{
    const double peak = 100 * check->apart[REPLAY_PEAK], end = 100 * check->apart[REPLAY_END];
    if (check->ends_unsure || fabs(peak - end) < 0.05)
        (void)fprintf(out, "%.1f %%", peak);
    else
        (void)fprintf(out, "%.1f %% at the peak and %.1f %% at the end", peak, end);
}

static void say_apart(FILE *out, const struct replay_check *check)
{
    (void)fputs(". Differences of memory below ", out);
    replay_text_apart(out, check);
    (void)fprintf(out, " are not told apart%s.",
                  check->ends_unsure
                      ? ", nor what rows keep at the end, where next to nothing lives or is left"
                      : "");
}

static const char *why_indicative(const struct replay_check *check)
{
    if (check->stand_in)
        return "It was held against the recorded run itself, less the recorder's own memory, on "
               "one row alone; what large blocks held before they were given is missing there";
    if (check->row_count < REPLAY_ROWS)
        return "One row alone was held against its original (glibc and jemalloc are asked)";
    return replay_check_is_near(check)
               ? "In what the program itself differs by, an error of more than 5 % may hide"
               : "That is not within 2 %";
}

char *replay_text(const struct replay_check *check, const struct result_row *played,
                  const char *why)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    switch (check->grade) {
    case REPLAY_GOOD:
        (void)fputs("The replay stands for the program:", out);
        say_rows(out, check);
        say_apart(out, check);
        break;
    case REPLAY_INDICATIVE:
        (void)fputs("The replay indicates:", out);
        say_rows(out, check);
        (void)fprintf(out, ". %s, so rows are not ranked by it.", why_indicative(check));
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
