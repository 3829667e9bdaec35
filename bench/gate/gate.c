#include "gate.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "comparable.h"
#include "gate_lines.h"
#include "row_words.h"
#include "text.h"

const char *const gate_kind_names[] = {"trials", "leak", "ceiling", "regression", "time", NULL};
const char *const gate_status_names[] = {"pass", "warn", "undecided", "FAIL", NULL};

static int check_names(const struct gate_request *request, struct err *err);
static void gate_trials(const struct gate_request *request, struct gate_report *report);

int gate_check(const struct gate_request *request, struct gate_report *out, struct err *err)
{
    int code = check_names(request, err);
    if (code < 0)
        return code;
    *out = (struct gate_report){
        .ceilings_path = request->ceilings ? request->ceilings->path : NULL,
    };
    gate_trials(request, out);
    gate_leaks(request, out);
    if (request->ceilings)
        gate_ceilings(request, out);
    if (request->baseline)
        gate_baseline(request, out);
    return 0;
}

void gate_report_release(struct gate_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        free(report->lines[i].name);
        free(report->lines[i].message);
    }
    free(report->lines);
    *report = (struct gate_report){.count = 0};
}

bool gate_wishes(const struct gate_report *report, enum gate_wish wish)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->lines[i].status == GATE_UNDECIDED && report->lines[i].wish == wish)
            return true;
    return false;
}

size_t gate_count(const struct gate_report *report, enum gate_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < report->count; i++)
        count += report->lines[i].status == status;
    return count;
}

static int check_subject(const struct result *result, const char *path, const struct ceiling *item,
                         struct err *err)
{
    const struct result_row *row = comparable_row(result, item->workload, item->row);
    const char *names[RESULT_SUBJECTS_MAX + 1] = {NULL};
    char expected[256];
    if (row_subject(row, item->subject))
        return 0;
    size_t used = (size_t)snprintf(expected, sizeof expected, "expected a role that is measured:");
    for (size_t i = 0; i < row->subject_count && i < RESULT_SUBJECTS_MAX; i++) {
        names[i] = row->subjects[i].name;
        if (used < sizeof expected)
            used += (size_t)snprintf(expected + used, sizeof expected - used, "%s %s", i ? "," : "",
                                     names[i]);
    }
    (void)text_unknown("subject", item->subject, names, expected, -EINVAL, err);
    return err_wrap(err, "%s:%d: ceiling of %s under %s", path, item->line, item->row,
                    item->workload);
}

/* A gate that silently checks nothing would pass for ever. */
static int check_names(const struct gate_request *request, struct err *err)
{
    const struct ceilings *ceilings = request->ceilings;
    for (size_t i = 0; ceilings && i < ceilings->count; i++) {
        const struct ceiling *item = &ceilings->items[i];
        if (!comparable_row(request->result, item->workload, item->row))
            return err_set(err, -EINVAL,
                           "%s:%d: there is a ceiling for %s under %s, which this run does not "
                           "have; run it with -w %s -a %s, or take the entry out",
                           ceilings->path, item->line, item->row, item->workload, item->workload,
                           item->row);
        if (check_subject(request->result, ceilings->path, item, err) < 0)
            return -EINVAL;
    }
    for (size_t i = 0; ceilings && i < ceilings->leak_count; i++) {
        const struct expected_leak *leak = &ceilings->leaks[i];
        if (!comparable_row(request->result, leak->workload, leak->row))
            return err_set(err, -EINVAL,
                           "%s:%d: a leak is expected of %s under %s, which this run does not "
                           "have; take the entry out",
                           ceilings->path, leak->line, leak->row, leak->workload);
    }
    return 0;
}

void gate_add(struct gate_report *report, struct gate_line line, const char *format, ...)
{
    struct gate_line *lines = reallocarray(report->lines, report->count + 1, sizeof *lines);
    va_list args;
    va_start(args, format);
    if (!lines || vasprintf(&line.message, format, args) < 0)
        abort();
    va_end(args);
    int length = line.metric ? asprintf(&line.name, "%s: %s %s", line.subject, line.metric->key,
                                        gate_kind_names[line.kind])
                 : line.kind == GATE_LEAK ? asprintf(&line.name, "%s: no leak", line.subject)
                                          : asprintf(&line.name, "%s", gate_kind_names[line.kind]);
    if (length < 0)
        abort();
    report->lines = lines;
    lines[report->count++] = line;
    if (line.status > report->status)
        report->status = line.status;
}

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

static void gate_trials(const struct gate_request *request, struct gate_report *report)
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
