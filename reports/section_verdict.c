#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory_stream.h"
#include "sections.h"
#include "units.h"

/* One subject of one row that has something to say. */
struct voice {
    const struct result_row *row;
    const struct result_subject *subject;
    const char *other; /* name of the subject, where it is not the primary one */
    bool said;
};

static size_t gather(const struct result_workload *workload, struct voice *out);
static void put_voice(const struct voice *voice, FILE *out);
static void put_alike(struct voice *voices, size_t count, size_t first, FILE *out);

void section_verdict_terminal(const struct result_workload *workload, struct terminal *terminal)
{
    AUTO_FREE struct voice *voices =
        calloc(workload->subject_count * workload->row_count + 1, sizeof *voices);
    if (!voices)
        abort();
    size_t count = gather(workload, voices);
    if (count == 0)
        return;
    (void)fputc('\n', terminal->out);
    terminal_say(terminal, LOOK_BOLD, "What the verdicts rest on");
    for (size_t i = 0; i < count; i++) {
        if (voices[i].said)
            continue;
        struct memory_stream memory;
        FILE *out = memory_stream_open(&memory);
        put_voice(&voices[i], out);
        put_alike(voices, count, i, out);
        AUTO_FREE char *text = memory_stream_close(&memory);
        terminal_item(terminal, text);
    }
}

/* The primary subject first. */
static size_t gather(const struct result_workload *workload, struct voice *out)
{
    size_t count = 0;
    for (size_t role = 0; role < workload->subject_count; role++)
        for (size_t i = 0; i < workload->row_count; i++) {
            const struct result_row *row = &workload->rows[i];
            const struct result_subject *subject = &row->subjects[role];
            const char *other = role == RECORD_PRIMARY ? NULL : subject->name;
            if (row->valid && !(other && subject->verdict.kind == VERDICT_PLATEAU))
                out[count++] = (struct voice){.row = row, .subject = subject, .other = other};
        }
    return count;
}

static bool has_interval(const struct verdict_vote *vote)
{
    bool grows = vote->kind == VERDICT_LEAK || vote->reason == REASON_LIVE_DOES_NOT_GROW;
    return grows && isfinite(vote->slope_low) && isfinite(vote->slope_high);
}

static void put_voice(const struct voice *voice, FILE *out)
{
    const struct verdict_vote *vote = &voice->subject->verdict;
    char low[32], high[32];
    (void)fprintf(out, "%s%s%s: %s", voice->row->row->name, voice->other ? ", " : "",
                  voice->other ? voice->other : "", voice->subject->verdict_sentence);
    if (has_interval(vote))
        (void)fprintf(out, "; 95 %% interval over blocks: %s to %s per cycle",
                      units_format_rate(vote->slope_low, low, sizeof low),
                      units_format_rate(vote->slope_high, high, sizeof high));
}

static bool names_rate(const struct verdict_vote *vote)
{
    return vote->reason == REASON_LIVE_KEEPS_GROWING ||
           vote->reason == REASON_LIVE_DOES_NOT_GROW ||
           vote->reason == REASON_LIVE_GROWS_BUT_SLOWS ||
           (vote->reason == REASON_NO_LIVE_SIGNAL && vote->rss_state == SIGNAL_GROW);
}

/* What stands in a sentence after its rate; NULL where it has none. */
static const char *after_rate(const struct voice *voice)
{
    const struct verdict_vote *vote = &voice->subject->verdict;
    char rate[32];
    if (!names_rate(vote))
        return NULL;
    (void)units_format_rate(vote->slope_per_cycle, rate, sizeof rate);
    const char *found = strstr(voice->subject->verdict_sentence, rate);
    return found ? found + strlen(rate) : NULL;
}

/* The same sentence, but for the rate of growth. */
static bool alike(const struct voice *a, const struct voice *b)
{
    const char *one = a->subject->verdict_sentence, *other = b->subject->verdict_sentence;
    const char *one_rest = after_rate(a), *other_rest = after_rate(b);
    if (a->other != b->other && (!a->other || !b->other || strcmp(a->other, b->other) != 0))
        return false;
    if (!one_rest || !other_rest)
        return strcmp(one, other) == 0;
    return strcmp(one_rest, other_rest) == 0 &&
           strncmp(one, other, strcspn(one, "0123456789")) == 0;
}

/* " (44.2 kB, 44.1 kB to 44.3 kB)" */
static void put_rate(const struct voice *voice, FILE *out)
{
    const struct verdict_vote *vote = &voice->subject->verdict;
    char slope[32], low[32], high[32];
    if (!names_rate(vote))
        return;
    (void)fprintf(out, " (%s", units_format_rate(vote->slope_per_cycle, slope, sizeof slope));
    if (has_interval(vote))
        (void)fprintf(out, ", %s to %s", units_format_rate(vote->slope_low, low, sizeof low),
                      units_format_rate(vote->slope_high, high, sizeof high));
    (void)fputc(')', out);
}

/* The rows for which the sentence of `first` holds too. */
static void put_alike(struct voice *voices, size_t count, size_t first, FILE *out)
{
    const char *before = ". The same holds for";
    for (size_t i = first + 1; i < count; i++) {
        if (voices[i].said || !alike(&voices[first], &voices[i]))
            continue;
        voices[i].said = true;
        (void)fprintf(out, "%s %s", before, voices[i].row->row->name);
        put_rate(&voices[i], out);
        before = ",";
    }
}
