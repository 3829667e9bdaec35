/*
 * verdict: what is said of one memory curve in a word, with what confidence and why, and the vote
 * over repetitions. The word is found by attribution (bench/attribution); here are the words, the
 * signals it rests on (trend.h), and what repetitions make of them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* attribution.h says what they mean. */
enum verdict_kind {
    VERDICT_INCONCLUSIVE,
    VERDICT_LEAK,
    VERDICT_RETENTION,
    VERDICT_OUTSIDE,
    VERDICT_NOT_LIVE,
    VERDICT_PLATEAU
};
enum confidence { CONFIDENCE_NONE, CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };
/* All name tables end with NULL. */
extern const char *const verdict_names[]; /* "inconclusive", "leak", …, "not-live", "plateau" */
extern const char *const confidence_names[]; /* "none", "low", "medium", "high" */

enum signal_state { SIGNAL_UNCLEAR, SIGNAL_FLAT, SIGNAL_GROW };
extern const char *const signal_state_names[]; /* "unclear", "flat", "grow" */

/* One signal. What could not be computed (not available, too few samples) is NaN. */
struct verdict_signal {
    enum signal_state state;
    bool available;
    size_t samples;               /* points that have a value */
    bool settled;                 /* flat only from the second half on */
    double slope_per_cycle;       /* Theil-Sen over equal-work slices, bytes per cycle */
    double slope_low, slope_high; /* exact Kendall limits, 5 % each side; +-INFINITY when none */
    double pace;               /* second half's slope / first half's; NaN when first is not > 0 */
    bool slows;                /* the second half surely rises more slowly: see trend.h */
    double largest_step_share; /* of the rise made by one slice-to-slice step */
    double level_bytes;        /* median of the slices */
    double tolerance_bytes;    /* growth below this over the judged work is not called growth */
    double flat_bytes;         /* growth confidently below this is called flat */
    double unseen_per_cycle;   /* growth the flat part could hide; NaN unless SIGNAL_FLAT */
    double judged_cycles;      /* cycles after the warm-up */
};

enum verdict_reason {
    REASON_LIVE_KEEPS_GROWING,
    REASON_FLAT,
    REASON_RSS_UNCLEAR,
    REASON_LIVE_GROWS_BUT_SLOWS,
    REASON_LIVE_UNCLEAR,
    REASON_TOO_FEW_SAMPLES,
    REASON_NO_LIVE_SIGNAL, /* RSS alone: growth may be either, flat RSS is no proof */
    REASON_MOST_GROWTH_IS_NOT_LIVE,
    REASON_LIVE_DOES_NOT_GROW,
    REASON_LEVEL_FAR_ABOVE_LIVE,
    REASON_NO_RSS,
    REASON_FALLS_BACK_TO_THE_START,
    REASON_ROWS_OUT_OF_ORDER,
    REASON_REPETITIONS_DISAGREE,
};
extern const char *const verdict_reason_names[]; /* "live_keeps_growing", … as the reference */

struct verdict {
    enum verdict_kind kind;
    enum confidence confidence;
    enum verdict_reason reason;
    struct verdict_signal live;
    struct verdict_signal rss; /* of a trial: anonymous RSS; of a file: all that is held */
    double heap_per_live; /* the books / live, over the last third of the work; NaN without both */
    size_t samples;       /* of live or RSS, whichever has fewer */
};

/*
 * Several repetitions: majority for the verdict (more than half, else inconclusive), t-interval of
 * the per-run slopes for the size: repetitions average away noise, not shape.
 */
struct verdict_vote {
    enum verdict_kind kind;
    enum confidence confidence;   /* highest among the majority for leak, median otherwise */
    enum verdict_reason reason;   /* the most frequent among the majority */
    enum signal_state rss_state;  /* what more than half of the blocks say, else unclear */
    size_t votes, blocks;         /* votes for `kind` of `blocks` */
    size_t alike, runs;           /* of `runs` judged, those that gave `kind` for this reason */
    bool one_pass;                /* live is of one pass: see verdict_vote_one_pass() */
    double slope_per_cycle;       /* mean over blocks of the signal that decided */
    double slope_low, slope_high; /* 95 % t-interval over blocks; NaN with one block */
    double unseen_per_cycle; /* where live (without live: RSS) is flat: no growth above this, */
    double judged_cycles;    /* over this many cycles: the worst of the majority's blocks */
    double heap_per_live;    /* median of the majority's blocks */
    bool live_available;     /* in at least one block */
};

/* Without any verdict: inconclusive, REASON_TOO_FEW_SAMPLES, 0 blocks. */
void verdict_vote(const struct verdict *verdicts, size_t count, struct verdict_vote *out);

/*
 * The same for curves in which live is not their own: one and the same count stands in all of them,
 * made once, in a pass apart. However often it is looked at it is one measurement: one vote of one,
 * and no interval where live decides. RSS was measured `runs` times, and is voted on as ever.
 */
void verdict_vote_one_pass(const struct verdict *verdicts, size_t count, struct verdict_vote *out);

/* One sentence for a person: what, by how much, and what follows. Returns `out`. */
const char *verdict_sentence(const struct verdict_vote *vote, char *out, size_t size);
