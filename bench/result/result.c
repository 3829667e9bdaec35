#include "result.h"

#include <string.h>

const char *const result_note_names[] = {"invalid", "failed", "repeated", "noisy, kept", "missing"};

/* What is told of a program that ends by itself. */
static bool is_of_ends(enum metric_id metric)
{
    static const enum metric_id those[] = {
        METRIC_RSS_PEAK,
        METRIC_RSS_ANON_PEAK,
        METRIC_ANON_HUGE_PEAK,
        METRIC_CPU_PER_1000_CYCLES,
        METRIC_MINOR_FAULTS_PER_CYCLE,
        METRIC_MAJOR_FAULTS_PER_CYCLE,
    };
    bool found = false;
    for (size_t i = 0; i < sizeof those / sizeof *those; i++)
        found = found || those[i] == metric;
    return found;
}

bool result_load_has(const struct result_workload *workload, size_t role, enum metric_id metric)
{
    if (workload->workload->ends && !is_of_ends(metric))
        return false;
    const char *none = metrics[metric].not_of_load;
    size_t without = 0, measured = 0;
    for (size_t i = 0; none && i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        const char *why = row->subjects[role].metric[metric].unavailable;
        measured += row->valid > 0;
        without += row->valid > 0 && why && strcmp(why, none) == 0;
    }
    return measured == 0 || without < measured;
}

bool result_leaks(const struct result_subject *subject)
{
    return subject->verdict.kind == VERDICT_LEAK ||
           voted_findings_get(&subject->findings, FINDING_LIVE_GROWS) != NULL;
}

enum confidence result_leak_confidence(const struct result_subject *subject)
{
    enum confidence surest =
        subject->verdict.kind == VERDICT_LEAK ? subject->verdict.confidence : CONFIDENCE_NONE;
    for (size_t i = 0; subject->verdict.kind != VERDICT_LEAK && i < subject->attribution_count;
         i++) {
        enum confidence one = attribution_leak_confidence(&subject->attributions[i]);
        surest = one > surest ? one : surest;
    }
    return surest;
}
