#include <math.h>

#include "sections.h"
#include "units.h"
#include "wrap.h"

enum { LINE_MAX = 1024, INDENT = 2 };

static void print_verdict(const struct result_row *row, enum record_role role, FILE *out,
                          const struct report_style *style);

void section_verdict_terminal(const struct result_workload *workload, FILE *out,
                              const struct report_style *style)
{
    (void)fputc('\n', out);
    wrap_print(out, style, TABLE_DIM, "", 0, "What the verdicts rest on:");
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        if (row->valid == 0)
            continue;
        print_verdict(row, RECORD_PEER, out, style);
        if (row->subject[RECORD_PROXY].verdict.kind != VERDICT_PLATEAU)
            print_verdict(row, RECORD_PROXY, out, style);
    }
}

static void print_verdict(const struct result_row *row, enum record_role role, FILE *out,
                          const struct report_style *style)
{
    const struct result_subject *subject = &row->subject[role];
    const struct verdict_vote *vote = &subject->verdict;
    char line[LINE_MAX], low[32], high[32], interval[128] = "";
    bool grows = vote->kind == VERDICT_LEAK || vote->reason == REASON_RSS_GROWS_LIVE_FLAT;
    if (grows && isfinite(vote->slope_low) && isfinite(vote->slope_high))
        (void)snprintf(interval, sizeof interval,
                       "; 95 %% interval over blocks: %s to %s per cycle",
                       units_format_rate(vote->slope_low, low, sizeof low),
                       units_format_rate(vote->slope_high, high, sizeof high));
    (void)snprintf(line, sizeof line, "%s%s: %s%s", row->row->name,
                   role == RECORD_PROXY ? ", proxy" : "", subject->verdict_sentence, interval);
    wrap_print(out, style, TABLE_PLAIN, "-", INDENT, line);
}
