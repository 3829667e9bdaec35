#include <stdlib.h>
#include <string.h>

#include "comparable.h"
#include "gate_parts.h"
#include "host_words.h"
#include "memory_stream.h"
#include "row_words.h"

enum { SENTENCE_MAX = 640 };

static void gate_subject(const struct gate_request *request, const struct result_workload *workload,
                         const struct result_row *row, struct gate_line line,
                         struct gate_report *report);

void gate_leaks(const struct gate_request *request, struct gate_report *report)
{
    for (size_t w = 0; w < request->result->workload_count; w++) {
        const struct result_workload *workload = &request->result->workloads[w];
        for (size_t r = 0; r < workload->row_count; r++)
            for (size_t role = 0; role < workload->rows[r].subject_count; role++)
                gate_subject(request, workload, &workload->rows[r],
                             (struct gate_line){.kind = GATE_LEAK,
                                                .workload = workload->workload->name,
                                                .row = workload->rows[r].row->name,
                                                .subject = workload->rows[r].subjects[role].name},
                             report);
    }
}

static const struct expected_leak *expected(const struct gate_request *request,
                                            const struct result_row *row,
                                            const struct gate_line *line)
{
    if (strcmp(line->subject, row_primary(row)->name) != 0)
        return NULL;
    for (size_t i = 0; request->ceilings && i < request->ceilings->leak_count; i++) {
        const struct expected_leak *leak = &request->ceilings->leaks[i];
        if (strcmp(leak->workload, line->workload) == 0 && strcmp(leak->row, line->row) == 0)
            return leak;
    }
    return NULL;
}

/* What twice the cycles say; NULL: they were not run, or too little of it is valid. */
static const struct result_subject *doubled_subject(const struct gate_request *request,
                                                    const struct gate_line *line)
{
    const struct result_row *row =
        request->doubled ? comparable_row(request->doubled, line->workload, line->row) : NULL;
    return row && row->valid >= GATE_BLOCKS ? row_subject(row, line->subject) : NULL;
}

/* The verdict, or where it is named after something larger the finding. */
static const char *leak_sentence(const struct result_subject *subject, char *out, size_t size)
{
    const struct voted_finding *leak = voted_findings_get(&subject->findings, FINDING_LIVE_GROWS);
    if (subject->verdict.kind == VERDICT_LEAK || !leak)
        return subject->verdict_sentence;
    return voted_finding_sentence(&subject->findings, (size_t)(leak - subject->findings.list), out,
                                  size);
}

static void gate_unsure(const struct gate_request *request, const struct result_subject *subject,
                        struct gate_line line, struct gate_report *report)
{
    const struct result_subject *again = doubled_subject(request, &line);
    char text[SENTENCE_MAX];
    const char *kind = verdict_names[subject->verdict.kind];
    line.status = GATE_UNDECIDED;
    line.wish = WISH_CYCLES;
    if (!again) {
        gate_add(report, line, "%s, and not sure: %s; twice the cycles decide (--rerun)", kind,
                 subject->verdict_sentence);
        return;
    }
    if (!again->live_available) {
        gate_add(report, line, "%s, and not sure: %s; twice the cycles cannot tell: %s", kind,
                 subject->verdict_sentence, again->verdict_sentence);
        return;
    }
    line.wish = WISH_NOTHING;
    line.status = result_leaks(again) ? GATE_FAIL : GATE_WARN;
    if (line.status == GATE_FAIL)
        gate_add(report, line, "leak, with twice the cycles as well: %s",
                 leak_sentence(again, text, sizeof text));
    else
        gate_add(report, line, "%s here, %s with twice the cycles: %s", kind,
                 verdict_names[again->verdict.kind], again->verdict_sentence);
}

static void gate_expected(const struct expected_leak *leak, const struct result_subject *subject,
                          struct gate_line line, struct gate_report *report)
{
    char text[SENTENCE_MAX];
    bool leaks = result_leaks(subject);
    line.file_line = leak->line;
    line.status = leaks ? GATE_PASS : GATE_WARN;
    gate_add(report, line, "%s (%s): %s",
             leaks ? "a leak, as expected" : "a leak was expected and is not seen", leak->why,
             leaks ? leak_sentence(subject, text, sizeof text) : subject->verdict_sentence);
}

/* ": leak on n3, plateau on n1 and n2"; "" on one host. The caller frees. */
static char *on_hosts(const struct result_workload *workload, const struct result_row *row,
                      const struct result_subject *subject)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    if (workload->hosts.count > 1)
        (void)fputs("; ", out);
    (void)host_say_verdicts(out, workload, row, subject);
    return memory_stream_close(&memory);
}

/* What all blocks together hide: a leak on one host of several. Sure where it has blocks enough. */
enum host_leak { NO_HOST_LEAKS, A_HOST_MAY_LEAK, A_HOST_LEAKS };

static enum host_leak leak_on_some_host(const struct result_workload *workload,
                                        const struct result_row *row,
                                        const struct result_subject *subject)
{
    size_t hosts = workload->hosts.count;
    enum host_leak worst = NO_HOST_LEAKS;
    if (hosts < 2)
        return worst;
    AUTO_FREE struct host_verdict *each = calloc(hosts, sizeof *each);
    if (!each)
        abort();
    host_verdicts(workload, row, subject, each);
    for (size_t h = 0; h < hosts; h++) {
        bool sure = each[h].blocks >= GATE_BLOCKS && each[h].sure == CONFIDENCE_HIGH;
        enum host_leak one = !each[h].leaks ? NO_HOST_LEAKS : sure ? A_HOST_LEAKS : A_HOST_MAY_LEAK;
        worst = one > worst ? one : worst;
    }
    return worst;
}

static void gate_subject(const struct gate_request *request, const struct result_workload *workload,
                         const struct result_row *row, struct gate_line line,
                         struct gate_report *report)
{
    const struct result_subject *subject = row_subject(row, line.subject);
    const struct verdict_vote *vote = &subject->verdict;
    const struct expected_leak *leak = expected(request, row, &line);
    bool leaks = result_leaks(subject);
    char text[SENTENCE_MAX];
    AUTO_FREE char *hosts = on_hosts(workload, row, subject);
    enum host_leak on_a_host = leak_on_some_host(workload, row, subject);
    bool few = vote->blocks < GATE_BLOCKS; /* with enough blocks only where live is of one pass */
    if (row->valid < GATE_BLOCKS) {
        line.status = GATE_UNDECIDED;
        gate_add(report, line, "%s in %zu valid block%s, and %d are needed to be sure",
                 leaks ? "a leak is seen" : "no leak is seen", row->valid,
                 row->valid == 1 ? "" : "s", GATE_BLOCKS);
    } else if (leak) {
        gate_expected(leak, subject, line, report);
    } else if (leaks && result_leak_confidence(subject) == CONFIDENCE_HIGH && !few) {
        line.status = GATE_FAIL;
        gate_add(report, line, "leak: %s%s", leak_sentence(subject, text, sizeof text), hosts);
    } else if (!leaks && on_a_host == A_HOST_LEAKS && !few) {
        line.status = GATE_FAIL;
        gate_add(report, line, "leak on some hosts: %s%s", subject->verdict_sentence, hosts);
    } else if (!leaks && vote->kind != VERDICT_INCONCLUSIVE) {
        line.status = few || on_a_host != NO_HOST_LEAKS ? GATE_WARN : GATE_PASS;
        gate_add(report, line, "%s%s: %s%s", verdict_names[vote->kind],
                 few ? ", as far as one pass can tell" : "", subject->verdict_sentence, hosts);
    } else if (vote->kind == VERDICT_INCONCLUSIVE && !subject->live_available) {
        line.status = GATE_WARN;
        gate_add(report, line, "cannot be told: %s", subject->verdict_sentence);
    } else {
        gate_unsure(request, subject, line, report);
    }
}
