#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "markdown.h"
#include "memory_stream.h"
#include "row_words.h"
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
static void say_further(const struct voice *voices, size_t count, enum finding_kind kind,
                        struct terminal *terminal);

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
    for (enum finding_kind kind = 0; kind < FINDING_NONE; kind++)
        say_further(voices, count, kind, terminal);
}

/* The finding, where the verdict does not say it already. */
static const struct voted_finding *further(const struct voice *voice, enum finding_kind kind)
{
    const struct voted_findings *findings = &voice->subject->findings;
    const struct voted_finding *found = voted_findings_get(findings, kind);
    bool said =
        found == voted_findings_of_class(findings, voice->subject->verdict.kind) ||
        (kind == FINDING_UNKNOWN_GROWS && voice->subject->verdict.reason == REASON_NO_LIVE_SIGNAL);
    return said ? NULL : found;
}

static const char *size_of(const struct finding *finding, char *out, size_t size)
{
    if (finding_rank(finding->kind) == FINDING_RANK_GROWTH)
        return units_format_rate(finding->size_bytes, out, size);
    return units_format_bytes(finding->size_bytes, out, size);
}

/* Findings beside the verdicts: the first row that has one in words, the others by its size. */
static void say_further(const struct voice *voices, size_t count, enum finding_kind kind,
                        struct terminal *terminal)
{
    enum { SENTENCE_MAX = 640 };
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    size_t said = 0;
    for (size_t i = 0; i < count; i++) {
        const struct voted_finding *found = further(&voices[i], kind);
        char sentence[SENTENCE_MAX], bytes[32];
        if (!found)
            continue;
        const char *row = voices[i].row->row->name, *other = voices[i].other;
        const struct voted_findings *findings = &voices[i].subject->findings;
        if (said++ == 0)
            (void)fprintf(out, "%s%s%s: %s", row, other ? ", " : "", other ? other : "",
                          voted_finding_sentence(findings, (size_t)(found - findings->list),
                                                 sentence, sizeof sentence));
        else
            (void)fprintf(out, "%s%s%s%s (%s)", said == 2 ? ". Likewise " : ", ", row,
                          other ? "'s " : "", other ? other : "",
                          size_of(&found->finding, bytes, sizeof bytes));
    }
    AUTO_FREE char *text = memory_stream_close(&memory);
    if (said > 0)
        terminal_item(terminal, text);
}

/* All findings of the primary subject on every row, with what to do next. */
void section_findings_markdown(const struct result_workload *workload, FILE *out)
{
    enum { SENTENCE_MAX = 640 };
    size_t said = 0;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct voted_findings *findings = &row_primary(&workload->rows[i])->findings;
        for (size_t k = 0; k < findings->count; k++) {
            char sentence[SENTENCE_MAX];
            const char *next = finding_next(&findings->list[k].finding);
            (void)fprintf(out, "%s- ", said++ == 0 ? "What was found, the largest first:\n\n" : "");
            markdown_text(out, workload->rows[i].row->name);
            (void)fputs(": ", out);
            markdown_text(out, voted_finding_sentence(findings, k, sentence, sizeof sentence));
            (void)fputs(next ? ". Next: " : "", out);
            markdown_text(out, next ? next : "");
            (void)fputc('\n', out);
        }
    }
    (void)fputs(said > 0 ? "\n" : "", out);
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

/* The rate that a sentence tells, with its interval over blocks. */
struct rate {
    double slope, low, high;
};

static struct rate rate_of(const struct result_subject *subject)
{
    const struct verdict_vote *vote = &subject->verdict;
    const struct voted_finding *named = voted_findings_of_class(&subject->findings, vote->kind);
    struct rate rate = {vote->slope_per_cycle, NAN, NAN};
    if (vote->kind == VERDICT_LEAK)
        return (struct rate){vote->slope_per_cycle, vote->slope_low, vote->slope_high};
    if (named && finding_rank(named->finding.kind) == FINDING_RANK_GROWTH)
        return (struct rate){named->finding.size_bytes, named->low, named->high};
    return rate;
}

static bool has_interval(const struct rate *rate)
{
    return isfinite(rate->low) && isfinite(rate->high);
}

static void put_voice(const struct voice *voice, FILE *out)
{
    const struct rate rate = rate_of(voice->subject);
    char low[32], high[32];
    (void)fprintf(out, "%s%s%s: %s", voice->row->row->name, voice->other ? ", " : "",
                  voice->other ? voice->other : "", voice->subject->verdict_sentence);
    if (has_interval(&rate))
        (void)fprintf(out, "; 95 %% interval over blocks: %s to %s per cycle",
                      units_format_rate(rate.low, low, sizeof low),
                      units_format_rate(rate.high, high, sizeof high));
}

/* The first number of a sentence with its unit, "145 B/cycle": in what is said of several rows the
 * one thing that differs. */
struct span {
    size_t before, number, length;
};

static struct span number_of(const char *sentence)
{
    struct span span = {.before = strcspn(sentence, "0123456789")};
    const char *text = sentence + span.before;
    span.number = span.length = strspn(text, "0123456789.");
    if (text[span.length] == ' ')
        span.length += 1 + strcspn(text + span.length + 1, " ,;:");
    return span;
}

static bool same_other(const struct voice *a, const struct voice *b)
{
    return a->other == b->other || (a->other && b->other && strcmp(a->other, b->other) == 0);
}

/* The same sentence, but for its number. */
static bool alike(const struct voice *a, const struct voice *b)
{
    const char *one = a->subject->verdict_sentence, *other = b->subject->verdict_sentence;
    struct span of_one = number_of(one), of_other = number_of(other);
    return same_other(a, b) && of_one.before == of_other.before &&
           strncmp(one, other, of_one.before) == 0 &&
           strcmp(one + of_one.before + of_one.length, other + of_other.before + of_other.length) ==
               0;
}

/* " (44.2 kB, 44.1 kB to 44.3 kB)"; the number alone where it is of the first one's unit. */
static void put_rate(const struct voice *voice, const struct voice *first, FILE *out)
{
    const struct rate rate = rate_of(voice->subject);
    const char *one = first->subject->verdict_sentence, *own = voice->subject->verdict_sentence;
    const struct span of_first = number_of(one), span = number_of(own);
    char low[32], high[32];
    if (!has_interval(&rate) && strcmp(own, one) == 0)
        return;
    bool unit = has_interval(&rate) ||
                span.length - span.number != of_first.length - of_first.number ||
                strncmp(own + span.before + span.number, one + of_first.before + of_first.number,
                        span.length - span.number) != 0;
    (void)fprintf(out, " (%.*s", (int)(unit ? span.length : span.number), own + span.before);
    if (has_interval(&rate))
        (void)fprintf(out, ", %s to %s", units_format_rate(rate.low, low, sizeof low),
                      units_format_rate(rate.high, high, sizeof high));
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
        put_rate(&voices[i], &voices[first], out);
        before = ",";
    }
}
