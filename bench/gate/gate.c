#include "gate.h"

#include <errno.h>
#include <string.h>

#include "comparable.h"
#include "gate_parts.h"
#include "row_words.h"
#include "text.h"

static int check_names(const struct gate_request *request, struct err *err);

int gate_check(const struct gate_request *request, struct gate_report *out, struct err *err)
{
    int code = check_names(request, err);
    if (code < 0)
        return code;
    *out = (struct gate_report){
        .ceilings_path = request->ceilings ? request->ceilings->path : NULL,
    };
    gate_trials(request, out);
    gate_replays(request, out);
    gate_leaks(request, out);
    if (request->ceilings)
        gate_ceilings(request, out);
    if (request->baseline)
        gate_baseline(request, out);
    return 0;
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
