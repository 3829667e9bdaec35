/*
 * host_words: what holds on which hosts, in words. For workloads that were measured on two hosts or
 * more; of one there is nothing to say.
 */
#pragma once

#include <stdio.h>

#include "result.h"

/* "holds on 5 of 5 hosts (-19 to -11 %)", "differs by host: n1, n2 -15 %; n3 +4 %", "not told apart
 * on 3 hosts (-3 to +2 %)": what `row` is against `reference` in comparisons[index]. False: one
 * host, or no number. */
bool host_say_comparison(FILE *out, const struct result_workload *workload, size_t index,
                         size_t row, size_t reference);

/* "-19 to -11 %" of two ratios, or one figure where both are it. */
void host_say_range(FILE *out, double least, double greatest);

/* "These hosts are 1 machine under 3 names: …". False: each is a machine of its own. */
bool host_say_machines(FILE *out, const struct measured_hosts *hosts);

/* What one host alone says of a subject. */
struct host_verdict {
    size_t blocks;
    bool leaks;           /* live grows, as a class or a finding, in more than half of its blocks */
    enum confidence sure; /* that it does */
    enum verdict_kind kind;
};

/* `out_each` has room for workload->hosts.count. */
void host_verdicts(const struct result_workload *workload, const struct result_row *row,
                   const struct result_subject *subject, struct host_verdict *out_each);

/* "leak on 3 of 3 hosts", "leak on n3, plateau on n1 and n2". False: one host, or nothing valid. */
bool host_say_verdicts(FILE *out, const struct result_workload *workload,
                       const struct result_row *row, const struct result_subject *subject);
