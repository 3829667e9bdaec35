#include "gate_report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *const gate_kind_names[] = {"trials", "leak",   "ceiling", "regression",
                                       "time",   "replay", NULL};
const char *const gate_status_names[] = {"pass", "warn", "undecided", "FAIL", NULL};

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
