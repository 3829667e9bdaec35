/*
 * gate_report: what a gate is asked, and the lines it answers with.
 */
#pragma once

#include <stddef.h>

#include "ceilings.h"
#include "cleanup.h"
#include "result.h"

enum { GATE_BLOCKS = 3, GATE_DECIDING_BLOCKS = 6 };

enum gate_kind { GATE_TRIALS, GATE_LEAK, GATE_CEILING, GATE_REGRESSION, GATE_TIME, GATE_REPLAY };
extern const char *const gate_kind_names[]; /* "trials", "leak", …; NULL-terminated */

/* In order of gravity, but that GATE_FAIL is worse than GATE_UNDECIDED. */
enum gate_status { GATE_PASS, GATE_WARN, GATE_UNDECIDED, GATE_FAIL };
extern const char *const gate_status_names[]; /* "pass", "warn", "undecided", "FAIL" */

/* What would decide an undecided line. */
enum gate_wish { WISH_NOTHING, WISH_BLOCKS, WISH_CYCLES };

struct gate_line {
    enum gate_kind kind;
    enum gate_status status;
    enum gate_wish wish;
    const char *workload, *row;  /* borrowed; row NULL: about all */
    const char *subject;         /* borrowed; NULL: about the trials as a whole */
    const struct metric *metric; /* NULL where there is none */
    char *name;                  /* stable over runs: "web: rss_anon_plateau_bytes ceiling" */
    char *message;               /* what was found */
    int file_line;               /* of the ceilings file; 0: none */
};

struct gate_report {
    struct gate_line *lines;
    size_t count;
    enum gate_status status;   /* the worst */
    const char *ceilings_path; /* borrowed; NULL without */
};

struct gate_request {
    const struct result *result;
    const struct result *doubled;    /* the run with twice the cycles, or NULL */
    const struct ceilings *ceilings; /* or NULL: leaks and trials alone */
    const struct result *baseline;   /* or NULL */
};

void gate_report_release(struct gate_report *report);
DEFINE_AUTO(gate_report, gate_report_release)

/* Is there an undecided line with this wish? */
bool gate_wishes(const struct gate_report *report, enum gate_wish wish);

/* How many lines have this status. */
size_t gate_count(const struct gate_report *report, enum gate_status status);

/* A new line; `line.name` and `line.message` are made from subject, metric and the format. */
void gate_add(struct gate_report *report, struct gate_line line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
