#include "gate.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "comparable.h"
#include "gate_lines.h"

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
    int length = line.metric ? asprintf(&line.name, "%s: %s %s", record_role_names[line.role],
                                        line.metric->key, gate_kind_names[line.kind])
                 : line.kind == GATE_LEAK
                     ? asprintf(&line.name, "%s: no leak", record_role_names[line.role])
                     : asprintf(&line.name, "%s", gate_kind_names[line.kind]);
    if (length < 0)
        abort();
    report->lines = lines;
    lines[report->count++] = line;
    if (line.status > report->status)
        report->status = line.status;
}

static const char *first_reason(const struct result_row *row)
{
    for (size_t i = 0; i < row->note_count; i++)
        if (row->notes[i].kind == NOTE_INVALID || row->notes[i].kind == NOTE_FAILED ||
            row->notes[i].kind == NOTE_MISSING)
            return row->notes[i].reason;
    return "no reason was recorded";
}

static void gate_trials(const struct gate_request *request, struct gate_report *report)
{
    for (size_t w = 0; w < request->result->workload_count; w++) {
        const struct result_workload *workload = &request->result->workloads[w];
        for (size_t r = 0; r < workload->row_count; r++) {
            const struct result_row *row = &workload->rows[r];
            size_t planned = row->valid + row->missing;
            struct gate_line line = {
                .kind = GATE_TRIALS, .workload = workload->workload->name, .row = row->row->name};
            if (row->missing == 0) {
                gate_add(report, line, "%zu of %zu blocks are valid", row->valid, planned);
                continue;
            }
            line.status = row->valid < GATE_BLOCKS ? GATE_UNDECIDED : GATE_WARN;
            gate_add(report, line, "%zu of %zu blocks are valid: %s", row->valid, planned,
                     first_reason(row));
        }
    }
}
