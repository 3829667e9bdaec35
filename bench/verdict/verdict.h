/*
 * verdict: is this memory curve a leak, retention, a plateau, or can it not be told?
 *
 * The rule, its constants and its error rates: facts in statistics.md 4, restated in verdict.c. It
 * looks at two signals over the churn phase, with cycles as x: what the application holds (live)
 * and what the process occupies (anonymous RSS); live decides leak, RSS and heap decide retention.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Borrowed arrays of `count` points in order of cycle. live_bytes or heap_bytes NULL: the
 * allocator cannot tell; then a leak can be neither called nor ruled out. */
struct curve {
    const double *cycle;
    const double *live_bytes;
    const double *heap_bytes;
    const double *rss_bytes;
    size_t count;
};

enum verdict_kind { VERDICT_INCONCLUSIVE, VERDICT_LEAK, VERDICT_RETENTION, VERDICT_PLATEAU };
enum confidence { CONFIDENCE_NONE, CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };
extern const char *const verdict_names[];    /* "inconclusive", "leak", "retention", "plateau" */
extern const char *const confidence_names[]; /* "none", "low", "medium", "high" */

enum signal_state { SIGNAL_UNCLEAR, SIGNAL_FLAT, SIGNAL_GROW };

struct verdict_signal {
    enum signal_state state;
    bool available;
    bool settled;               /* flat only from the second half on */
    double slope_per_cycle;     /* Theil-Sen over equal-work slices, bytes per cycle */
    double slope_low, slope_high; /* exact Kendall limits, 5 % each side; +-INFINITY when none */
    double pace;                /* second half's slope / first half's; NaN when first is not > 0 */
    double largest_step_share;  /* of the rise made by one slice-to-slice step */
    double level_bytes;         /* median of the slices */
    double tolerance_bytes;     /* growth below this over the judged work is not called growth */
    double flat_bytes;          /* growth confidently below this is called flat */
    double judged_cycles;
};

enum verdict_reason {
    REASON_LIVE_KEEPS_GROWING,
    REASON_RSS_GROWS_LIVE_FLAT,
    REASON_HEAP_HELD_ABOVE_LIVE,
    REASON_FLAT,
    REASON_SETTLED,
    REASON_RSS_UNCLEAR,
    REASON_LIVE_GROWS_BUT_SLOWS,
    REASON_LIVE_UNCLEAR,
    REASON_TOO_FEW_SAMPLES,
    REASON_NO_LIVE_SIGNAL, /* RSS alone: growth may be either, flat RSS is no proof */
    REASON_REPETITIONS_DISAGREE,
};
extern const char *const verdict_reason_names[]; /* "live_keeps_growing", … as the reference */

struct verdict {
    enum verdict_kind kind;
    enum confidence confidence;
    enum verdict_reason reason;
    struct verdict_signal live;
    struct verdict_signal rss;
    double heap_per_live; /* last third of the work; NaN without both */
    size_t samples;
};

/* Judge one curve. Never fails: what cannot be judged is inconclusive with a reason. Allocates
 * working memory in proportion to `count`. */
void verdict_judge(const struct curve *curve, struct verdict *out);

/*
 * Several repetitions: majority for the verdict (more than half, else inconclusive), t-interval of
 * the per-run slopes for the size (statistics.md 3.4: repetitions average away noise, not shape).
 */
struct verdict_vote {
    enum verdict_kind kind;
    enum confidence confidence; /* highest among the majority for leak, median otherwise */
    enum verdict_reason reason;
    size_t votes, blocks;       /* votes for `kind` of `blocks` */
    double slope_per_cycle;     /* mean over blocks of the signal that decided */
    double slope_low, slope_high; /* 95 % t-interval over blocks; NaN with one block */
    double unseen_per_cycle;    /* plateau: no growth above this could be excluded … */
    double judged_cycles;       /* … over this many cycles */
    bool live_available;
};

void verdict_vote(const struct verdict *verdicts, size_t count, struct verdict_vote *out);

/* One sentence for a person: what, by how much, and what follows. Returns `out`. */
const char *verdict_sentence(const struct verdict_vote *vote, char *out, size_t size);
