#include "gate_parts.h"

/* What did not come to a number. */
struct losses {
    size_t never_ran;  /* blocks */
    size_t went_wrong; /* attempts that failed, or were invalid */
    const char *first; /* reason */
};

static struct losses count_losses(const struct result_row *row)
{
    struct losses losses = {.first = "no reason was recorded"};
    for (size_t i = row->note_count; i-- > 0;) {
        const struct result_note *note = &row->notes[i];
        bool wrong = note->kind == NOTE_INVALID || note->kind == NOTE_FAILED;
        losses.went_wrong += wrong;
        losses.never_ran += note->kind == NOTE_MISSING;
        if (wrong || note->kind == NOTE_MISSING)
            losses.first = note->reason;
    }
    return losses;
}

/* A block that never ran is only less to go by; one that ran to no number is a finding. */
static void gate_row_trials(const struct result_row *row, struct gate_line line,
                            struct gate_report *report)
{
    struct losses losses = count_losses(row);
    size_t planned = row->valid + row->missing;
    bool lost = row->missing > losses.never_ran;
    if (row->missing > 0) {
        line.status = lost || row->valid < GATE_BLOCKS ? GATE_UNDECIDED : GATE_WARN;
        gate_add(report, line, "%zu of %zu blocks are valid: %s", row->valid, planned,
                 losses.first);
    } else if (losses.went_wrong > 0) {
        line.status = GATE_WARN;
        gate_add(report, line, "%zu of %zu blocks are valid, but %zu more attempts were not: %s",
                 row->valid, planned, losses.went_wrong, losses.first);
    } else {
        gate_add(report, line, "%zu of %zu blocks are valid", row->valid, planned);
    }
}

void gate_trials(const struct gate_request *request, struct gate_report *report)
{
    for (size_t w = 0; w < request->result->workload_count; w++) {
        const struct result_workload *workload = &request->result->workloads[w];
        for (size_t r = 0; r < workload->row_count; r++)
            gate_row_trials(&workload->rows[r],
                            (struct gate_line){.kind = GATE_TRIALS,
                                               .workload = workload->workload->name,
                                               .row = workload->rows[r].row->name},
                            report);
    }
}
