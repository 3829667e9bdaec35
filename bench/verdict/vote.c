#include <math.h>

#include "cleanup.h"
#include "interval.h"
#include "order.h"
#include "scratch.h"
#include "verdict.h"

enum { KINDS = VERDICT_PLATEAU + 1, LEVELS = CONFIDENCE_HIGH + 1, STATES = SIGNAL_GROW + 1 };
enum { REASONS = REASON_REPETITIONS_DISAGREE + 1 };

static void count_votes(const struct verdict *verdicts, size_t count, struct verdict_vote *out);
static enum verdict_reason frequent_reason(const struct verdict *verdicts, size_t count,
                                           enum verdict_kind kind);
static enum confidence joint_confidence(const struct verdict *verdicts, size_t count,
                                        enum verdict_kind kind);
static enum signal_state rss_state(const struct verdict *verdicts, size_t count);
static void estimate_slope(const struct verdict *verdicts, size_t count, struct verdict_vote *out);
static void describe_majority(const struct verdict *verdicts, size_t count,
                              struct verdict_vote *out);
static size_t count_alike(const struct verdict *verdicts, size_t count,
                          const struct verdict_vote *vote);
static bool is_of_rss(enum verdict_reason reason);
static const struct verdict_signal *deciding_signal(const struct verdict *verdict,
                                                    enum verdict_reason reason);

void verdict_vote(const struct verdict *verdicts, size_t count, struct verdict_vote *out)
{
    *out = (struct verdict_vote){.kind = VERDICT_INCONCLUSIVE,
                                 .confidence = CONFIDENCE_NONE,
                                 .reason = REASON_TOO_FEW_SAMPLES,
                                 .blocks = count,
                                 .runs = count,
                                 .slope_per_cycle = NAN,
                                 .slope_low = NAN,
                                 .slope_high = NAN,
                                 .unseen_per_cycle = NAN,
                                 .judged_cycles = NAN,
                                 .heap_per_live = NAN};
    if (count == 0)
        return;
    count_votes(verdicts, count, out);
    out->rss_state = rss_state(verdicts, count);
    for (size_t i = 0; i < count; i++)
        out->live_available = out->live_available || verdicts[i].live.available;
    estimate_slope(verdicts, count, out);
    describe_majority(verdicts, count, out);
    out->alike = count_alike(verdicts, count, out);
}

void verdict_vote_one_pass(const struct verdict *verdicts, size_t count, struct verdict_vote *out)
{
    verdict_vote(verdicts, count, out);
    out->one_pass = count > 0;
    out->blocks = count > 0;
    out->votes = count > 0 && out->reason != REASON_REPETITIONS_DISAGREE;
    if (!is_of_rss(out->reason))
        out->slope_low = out->slope_high = NAN;
}

static void count_votes(const struct verdict *verdicts, size_t count, struct verdict_vote *out)
{
    size_t votes[KINDS] = {0};
    for (size_t i = 0; i < count; i++)
        votes[verdicts[i].kind]++;
    out->votes = votes[VERDICT_INCONCLUSIVE];
    out->reason = REASON_REPETITIONS_DISAGREE;
    for (int kind = 0; kind < KINDS; kind++) {
        if (2 * votes[kind] <= count)
            continue;
        out->kind = (enum verdict_kind)kind;
        out->votes = votes[kind];
        out->reason = frequent_reason(verdicts, count, out->kind);
        out->confidence = joint_confidence(verdicts, count, out->kind);
    }
}

static enum verdict_reason frequent_reason(const struct verdict *verdicts, size_t count,
                                           enum verdict_kind kind)
{
    size_t votes[REASONS] = {0};
    for (size_t i = 0; i < count; i++)
        votes[verdicts[i].reason] += verdicts[i].kind == kind;
    int best = 0;
    for (int reason = 1; reason < REASONS; reason++)
        best = votes[reason] > votes[best] ? reason : best;
    return (enum verdict_reason)best;
}

/* One sure repetition makes a majority of leaks sure (no false alarm in 1132 with three of them);
 * the other verdicts claim an absence, and take the (lower) median. */
static enum confidence joint_confidence(const struct verdict *verdicts, size_t count,
                                        enum verdict_kind kind)
{
    size_t votes[LEVELS] = {0};
    size_t voters = 0;
    for (size_t i = 0; i < count; i++) {
        if (verdicts[i].kind != kind)
            continue;
        votes[verdicts[i].confidence]++;
        voters++;
    }
    size_t wanted = kind == VERDICT_LEAK ? voters : (voters + 1) / 2;
    size_t seen = 0;
    int level = -1;
    while (seen < wanted)
        seen += votes[++level];
    return (enum confidence)level;
}

static enum signal_state rss_state(const struct verdict *verdicts, size_t count)
{
    size_t votes[STATES] = {0};
    for (size_t i = 0; i < count; i++)
        votes[verdicts[i].rss.state]++;
    for (int state = 0; state < STATES; state++) {
        if (2 * votes[state] > count)
            return (enum signal_state)state;
    }
    return SIGNAL_UNCLEAR;
}

/* Of all blocks, also those that voted otherwise: to leave them out would bend the size. */
static void estimate_slope(const struct verdict *verdicts, size_t count, struct verdict_vote *out)
{
    AUTO_FREE double *slopes = scratch_doubles(count);
    for (size_t i = 0; i < count; i++)
        slopes[i] = deciding_signal(&verdicts[i], out->reason)->slope_per_cycle;
    struct interval interval = interval_mean(slopes, count, 0.95);
    out->slope_per_cycle = interval.estimate;
    out->slope_low = interval.low;
    out->slope_high = interval.high;
}

static void describe_majority(const struct verdict *verdicts, size_t count,
                              struct verdict_vote *out)
{
    AUTO_FREE double *ratios = scratch_doubles(count);
    size_t voters = 0;
    for (size_t i = 0; i < count; i++) {
        const struct verdict *verdict = &verdicts[i];
        if (verdict->kind != out->kind)
            continue;
        const struct verdict_signal *flat = out->live_available ? &verdict->live : &verdict->rss;
        const struct verdict_signal *deciding = deciding_signal(verdict, out->reason);
        out->unseen_per_cycle = fmax(out->unseen_per_cycle, flat->unseen_per_cycle);
        out->judged_cycles = fmin(out->judged_cycles, deciding->judged_cycles);
        ratios[voters++] = verdict->heap_per_live;
    }
    out->heap_per_live = order_median(ratios, voters);
}

/* Without live the sentence is about RSS, and counts those that say of it what most of them do. */
static size_t count_alike(const struct verdict *verdicts, size_t count,
                          const struct verdict_vote *vote)
{
    size_t alike = 0;
    for (size_t i = 0; i < count; i++)
        alike +=
            verdicts[i].kind == vote->kind && verdicts[i].reason == vote->reason &&
            (vote->reason != REASON_NO_LIVE_SIGNAL || verdicts[i].rss.state == vote->rss_state);
    return alike;
}

static bool is_of_rss(enum verdict_reason reason)
{
    switch (reason) {
    case REASON_RSS_UNCLEAR:
    case REASON_NO_LIVE_SIGNAL:
    case REASON_MOST_GROWTH_IS_NOT_LIVE:
    case REASON_LIVE_DOES_NOT_GROW:
    case REASON_LEVEL_FAR_ABOVE_LIVE:
    case REASON_FALLS_BACK_TO_THE_START:
        return true;
    case REASON_LIVE_KEEPS_GROWING:
    case REASON_FLAT:
    case REASON_LIVE_GROWS_BUT_SLOWS:
    case REASON_LIVE_UNCLEAR:
    case REASON_TOO_FEW_SAMPLES:
    case REASON_NO_RSS:
    case REASON_ROWS_OUT_OF_ORDER:
    case REASON_REPETITIONS_DISAGREE:
        break;
    }
    return false;
}

static const struct verdict_signal *deciding_signal(const struct verdict *verdict,
                                                    enum verdict_reason reason)
{
    return is_of_rss(reason) ? &verdict->rss : &verdict->live;
}
