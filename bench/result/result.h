/*
 * result: everything that is said about a stored run, as one struct: the only input of reports/.
 *
 * Built by result_build() from the stored run alone (pure). Each number is an `estimate` over the
 * valid blocks, or is not available and says why. Of several attempts at one trial the last valid
 * one counts; the others are listed in `notes`, so that nothing disappears in silence.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "compare_metrics.h"
#include "giving_back.h"
#include "holding.h"
#include "measured_hosts.h"
#include "metrics.h"
#include "recommend.h"
#include "replay_check.h"
#include "store.h"
#include "verdict.h"
#include "voted_findings.h"

struct estimate {
    double median, min, max; /* over blocks; NaN when not available */
    double low, high;        /* 95 % t-interval of the mean over blocks; NaN with < 2 blocks */
    double *values;          /* one per valid block in order of block; NaN where missing */
    size_t count;            /* of values; 1 for growth of live that is of one pass */
    const char *unavailable; /* NULL, or why there is no number (borrowed from the run or const) */
};

/* Anonymous RSS over the churn, in equal steps of cycles from 0 to the last one: median, min and
 * max over blocks. NaN where nothing was sampled. */
enum { RESULT_CURVE_POINTS = 240 };

struct result_curve {
    double median[RESULT_CURVE_POINTS];
    double min[RESULT_CURVE_POINTS];
    double max[RESULT_CURVE_POINTS];
};

enum { RESULT_SUBJECTS_MAX = 16 };

/* One measured role. */
struct result_subject {
    const char *name; /* borrowed */
    struct estimate metric[METRIC_COUNT];
    struct verdict *trial_verdicts; /* one per valid block by what it told, in order of block */
    /* What `verdict` and `findings` were voted from, one per valid block; with live of the ledger
     * put in where it is from there. */
    struct attribution *attributions;
    size_t attribution_count;
    struct voted_findings findings;
    struct verdict_vote verdict; /* inconclusive with 0 blocks when no trial is valid */
    char verdict_sentence[640];
    /* What more than half of the valid blocks say of each signal; SIGNAL_UNCLEAR otherwise. */
    enum signal_state live, rss_anon;
    bool live_available; /* in at least one block, or by the ledger */
    /* No block tells live, but the ledger does: `verdict`, `live` and METRIC_LIVE_PER_CYCLE then
     * rest on its one pass (verdict_vote_one_pass). */
    bool live_by_ledger;
    struct result_curve rss_anon_curve;
};

/* Something about a trial that a reader has to know: it does not count, or counts with a doubt. */
enum result_note_kind { NOTE_INVALID, NOTE_FAILED, NOTE_REPEATED, NOTE_NOISY, NOTE_MISSING };
extern const char *const result_note_names[]; /* "invalid", "failed", "repeated", "noisy, kept" … */

struct result_note {
    enum result_note_kind kind;
    int64_t block, attempt; /* attempt 0: never ran */
    const char *reason;     /* borrowed or const; never NULL */
};

struct result_row {
    const struct run_row *row;
    const char *version; /* from the first valid trial; NULL */
    const char *identity;
    const char *library, *library_sha256; /* the file that served, and its checksum; NULL */
    const struct record **records; /* those that count, one per valid block, in order of block */
    size_t valid;                  /* of records */
    size_t invalid, failed;        /* attempts */
    size_t repeated;               /* valid attempts that a later one replaced */
    size_t noisy;                  /* counted although noisy */
    size_t missing;                /* blocks without a valid attempt */
    bool loaded_points;            /* a round counts with what it was under load */
    struct result_note *notes;
    size_t note_count;
    char *other_work;                /* why trials that seemed valid are not: equal_work.h; NULL */
    struct result_subject *subjects; /* measured roles in the order of the records … */
    size_t subject_count;            /* … as many in every row; one at least */
    struct result_holding holding;
    struct giving_back giving_back;
};

struct result_workload {
    const struct workload *workload;
    struct result_row *rows;
    size_t row_count;
    const char **subject_names; /* of the rows' subjects; the first is the primary one */
    size_t subject_count;
    struct measured_hosts hosts;
    char *summary; /* a short paragraph: what the table shows */
    /* Across the rows: who holds the memory, and what to run. NULL: not concluded. */
    char *conclusion;
    char *recommendation;
    struct result_comparison comparisons[COMPARED_METRICS];
    struct recommendation advice; /* what `recommendation` says, in numbers */
    struct replay_check replay;   /* of a trace: how near it comes to the program */
};

struct result {
    const struct stored_run *stored; /* borrowed */
    struct result_workload *workloads;
    size_t workload_count;
    bool complete;                  /* every planned trial has a valid record */
    size_t missing;                 /* planned trials without one */
    const struct gate_report *gate; /* set by `heapchurn check` (gate.h), borrowed; else NULL */
};

void result_build(const struct stored_run *stored, struct result *out);
void result_release(struct result *result);

/* Is there such a thing under this load? Not where every row says that there is none. */
bool result_load_has(const struct result_workload *workload, size_t role, enum metric_id metric);

/* Recommend again, with other weights. `barred`: one reason (or NULL) per row, or NULL. */
void result_recommend(struct result_workload *workload, size_t blocks,
                      const struct recommend_weights *weights, const char *const *barred);
DEFINE_AUTO(result, result_release)

/* Does live grow, whatever else grows more: the finding live-grows, or the class? How sure: the
 * surest of the blocks that found it (no false alarm in 1132 votes of three). */
bool result_leaks(const struct result_subject *subject);
enum confidence result_leak_confidence(const struct result_subject *subject);

/* The paragraph for result_workload.summary, from its rows. The caller frees. */
char *result_summary(const struct result_workload *workload);
