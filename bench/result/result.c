#include "result.h"

#include <string.h>

const char *const result_note_names[] = {"invalid", "failed", "repeated", "noisy, kept", "missing"};

bool result_load_has(const struct result_workload *workload, size_t role, enum metric_id metric)
{
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
