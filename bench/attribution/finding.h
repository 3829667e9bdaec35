/*
 * finding: one cause of level or growth, with its size and its owner. Findings are facts in
 * numbers; finding_sentence() says them to a person, with what to do next.
 */
#pragma once

#include <stddef.h>

#include "accounts.h"

enum finding_kind {
    /* Growth; size is per cycle. */
    FINDING_LIVE_GROWS,
    FINDING_KEPT_GROWS,
    FINDING_OUTSIDE_GROWS,
    FINDING_NOT_LIVE_GROWS, /* kept or outside: cannot be told */
    FINDING_UNKNOWN_GROWS,  /* without live: anybody's */
    FINDING_LAZY_GROWS,
    FINDING_RESTARTS,   /* several lives in one curve: the counters start again */
    FINDING_FALLS_BACK, /* RSS falls to where it began and rises again */
    /* Levels. */
    FINDING_KEPT_LEVEL,
    FINDING_OUTSIDE_LEVEL,
    FINDING_NOT_LIVE_LEVEL,
    FINDING_LAZY_LEVEL,
    /* Notes. */
    FINDING_HUGE_PAGES,
    FINDING_SWAPPED,
    FINDING_UNTOUCHED,
    FINDING_BOOKS,     /* the heap counter is on paper */
    FINDING_NONE,      /* nothing grows and nothing is high */
    FINDING_UNDECIDED, /* nothing can be said */
    FINDING_KINDS
};
/* "live-grows", …, NULL. */
extern const char *const finding_names[FINDING_KINDS + 1];

enum finding_rank { FINDING_RANK_NOTE, FINDING_RANK_LEVEL, FINDING_RANK_GROWTH };
enum finding_rank finding_rank(enum finding_kind kind);

/* Why kept and outside cannot be told apart. */
enum untold { UNTOLD_NO_BOOKS, UNTOLD_ON_PAPER, UNTOLD_RUNS_AHEAD };

struct finding {
    enum finding_kind kind;
    double size_bytes;   /* of a level, or per cycle; INFINITY: stands first of its rank */
    struct share growth; /* of all growth; NaN for levels and notes */
    /* What the sentence needs beside; NaN, or no column, where there is nothing to say. */
    double live_bytes;           /* level of live */
    double held_bytes;           /* what is resident of it, and in swap */
    double slope_bytes;          /* of live; of what is resident where live is untouched */
    double resident_slope_bytes; /* NaN unless live is not all touched */
    double huge_share;           /* of this growth, at most, in huge pages; 0: not worth it */
    double slows_to;             /* of live: pace in the second half, where that is told; else 0 */
    bool padding_told;           /* what of huge pages is padding was looked at, and bounds it */
    double cycles;               /* judged */
    enum memory_column as;       /* outside: mostly this; MEMORY_COLUMNS: not known */
    enum untold untold;          /* not live: why it cannot be told */
    bool settled;                /* a level that does not rise any more */
    bool inside_heap;            /* unknown: the books rise with it */
    bool without_swap;           /* there is no swap column */
    enum verdict_reason reason;  /* undecided: why */
    size_t lives, agreeing;      /* restarts */
    enum verdict_kind lives_verdict; /* what `agreeing` of them say */
};

enum { FINDINGS_MAX = 12 };

struct findings {
    struct finding list[FINDINGS_MAX]; /* growth by size, then levels by size, then notes */
    size_t count;
};

/* In its place. When there is no room the last one goes. */
void findings_add(struct findings *findings, const struct finding *finding);

/* NULL: it is not among them. */
const struct finding *findings_get(const struct findings *findings, enum finding_kind kind);

/* What it is and how large, one sentence without a full stop. Growth is per `axis`: "cycle", or
 * what the curve has in its place. Returns `out`. */
const char *finding_sentence(const struct finding *finding, const char *axis, char *out,
                             size_t size);

/* What to do next, or NULL. */
const char *finding_next(const struct finding *finding);
