/*
 * diagnose: one row under one workload and one tool, as an answer: which calls hold the memory.
 *
 * The workload is shortened to what the tool can bear: a fault per cycle shows after few cycles,
 * and exact counts need no more. First comes a plain pass without a tool, which says what the tool
 * costs. A pass under a tool is never a measurement of memory.
 */
#pragma once

#include "places.h"
#include "record.h"
#include "sites.h"
#include "spec.h"
#include "tool.h"
#include "trial.h"
#include "verdict.h"

enum { DIAGNOSE_TEXT_MAX = 512, DIAGNOSE_CYCLES = 160 };

struct diagnose_request {
    const struct workload *workload;
    const char *row; /* its name */
    const char *allocator;
    char *const *row_environment;
    const char *programs;
    const char *folder;    /* of all passes; each has one of its own in it */
    const char *libraries; /* LD_LIBRARY_PATH of the subject under the tool, or NULL */
    int64_t rounds;        /* 0: shortened by the tool's slowdown */
    struct trial_pins pins;
    int interrupt_fd; /* as trial.h has it; -1: none */
};

/* What one pass said. */
struct diagnosis {
    const struct tool *tool; /* NULL: the plain pass */
    char folder[4096];
    int64_t process;                      /* the one of a command's that it is about; 0: all */
    char problem[DIAGNOSE_TEXT_MAX];      /* why the pass failed; "" */
    char view_problem[DIAGNOSE_TEXT_MAX]; /* what it could not be made to print; "" */
    char why_not[MOMENT_COUNT][DIAGNOSE_TEXT_MAX]; /* why a moment is not told; "" */
    struct stacks stacks;
    struct sites sites;
    struct places places; /* of the allocator's own statistics */
    int64_t cycles;
    int64_t lost_blocks, lost_bytes; /* lost on purpose, as the subject counted; RECORD_NA */
    double cpu_ns_per_cycle;         /* of the subject; NaN */
    double wall_ns_per_cycle;
    struct record record;
};

/* Run the pass. Whatever goes wrong under the tool is in the diagnosis; a negative errno is a fault
 * of the driver, or -EINTR: what the tool wrote until then is in its folder. `tool` NULL: the plain
 * pass, with the workload's quick rounds or, where `rounds` is given, those. */
int diagnose_run(const struct diagnose_request *request, const struct tool *tool,
                 struct diagnosis *out, struct err *err);

/* Read what the tool left in `folder` of a command that is no workload (`tool`, `folder`, `process`
 * are set, nothing else). There is no quiet moment: live is then what was still pointed to at the
 * end, and lost what was not, where the tool tells these two apart; else lost is all not freed. */
void diagnosis_read_command(struct diagnosis *diagnosis, bool ended, int interrupt_fd);

/* Bytes and blocks of a moment; {AMOUNT_NA, AMOUNT_NA} when it is not told. */
struct amount diagnosis_sum(const struct diagnosis *diagnosis, enum moment moment);

/* diagnosis.json in its folder: tool, cost, sums and sites. */
int diagnosis_save(const struct diagnosis *diagnosis, const struct diagnosis *plain,
                   struct err *err);

/* What all passes together say. */
struct diagnosis_answer {
    const struct diagnosis *plain;
    const struct verdict *verdict; /* on it */
    const char *sentence;          /* why */
    const char *answer;            /* what became of the memory; NULL: no tool tells */
    const struct diagnosis *diagnoses;
    size_t count;
};

/* diagnosis.json in the folder of all passes. */
int diagnosis_save_answer(const struct diagnose_request *request,
                          const struct diagnosis_answer *answer, struct err *err);

void diagnosis_release(struct diagnosis *diagnosis);
DEFINE_AUTO(diagnosis, diagnosis_release)
