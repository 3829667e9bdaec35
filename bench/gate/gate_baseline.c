#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "comparable.h"
#include "gate_parts.h"
#include "metric_text.h"
#include "regression.h"
#include "row_words.h"
#include "scratch.h"

/* One number to be held against the baseline, and what it becomes a line of. */
struct test {
    struct gate_line line;
    const struct estimate *before, *after;
    const struct replay_check *replay;
};

/* What is gated, of every subject; and what is only reported, of the primary one, as ratios to the
 * control row of the same block, so that a slower machine is no regression. */
static const enum metric_id memory_metrics[] = {METRIC_RSS_ANON_PLATEAU};
static const enum metric_id time_metrics[] = {METRIC_CPU_PER_1000_CYCLES, METRIC_JOIN_P99};

static bool refuse_baseline(const struct gate_request *request, struct gate_report *report);
static void gate_memory(const struct gate_request *request, struct gate_report *report);
static void gate_times(const struct gate_request *request, struct gate_report *report);

void gate_baseline(const struct gate_request *request, struct gate_report *report)
{
    if (refuse_baseline(request, report))
        return;
    gate_memory(request, report);
    gate_times(request, report);
}

static bool refuse_baseline(const struct gate_request *request, struct gate_report *report)
{
    AUTO_FREE char *differences = comparable_differences(request->result, request->baseline);
    struct gate_line line = {
        .kind = GATE_REGRESSION, .status = GATE_UNDECIDED, .workload = "baseline"};
    if (!differences)
        return false;
    for (char *newline = strchr(differences, '\n'); newline; newline = strchr(newline, '\n'))
        *newline = newline[1] ? ';' : '\0';
    gate_add(report, line, "the baseline is not comparable: %s", differences);
    return true;
}

static size_t told(const struct estimate *estimate)
{
    size_t count = 0;
    for (size_t i = 0; i < estimate->count; i++)
        count += isnan(estimate->values[i]) ? 0 : 1;
    return count;
}

static void say_rise(const struct test *test, const struct regression *regression,
                     struct gate_report *report)
{
    struct gate_line line = test->line;
    char before[METRIC_TEXT_MAX], after[METRIC_TEXT_MAX], change[256];
    const char *doubt;
    (void)snprintf(change, sizeof change, "%s, was %s: %+.1f %% (95 %% limits %+.1f to %+.1f %%)",
                   metric_text(line.metric, test->after->median, after, sizeof after),
                   metric_text(line.metric, test->before->median, before, sizeof before),
                   100 * (regression->ratio - 1), 100 * (regression->low - 1),
                   100 * (regression->high - 1));
    switch (regression->word) {
    case REGRESSION_TOO_FEW:
        line.status = GATE_UNDECIDED;
        line.wish = WISH_BLOCKS;
        gate_add(report, line,
                 "%zu blocks against %zu of the baseline can call no rise, however large",
                 told(test->after), told(test->before));
        break;
    case REGRESSION_SMALLER_THAN_MARGIN:
        gate_add(report, line, "%s", change);
        break;
    case REGRESSION_UNCLEAR:
        line.status = GATE_WARN;
        gate_add(report, line, "%s: neither above nor below %.0f %% for sure", change,
                 100 * REGRESSION_MARGIN);
        break;
    case REGRESSION_RISE:
        doubt = gate_replay_doubt(test->replay, (enum metric_id)(line.metric - metrics),
                                  regression->ratio, &line.status);
        if (doubt) {
            gate_add(report, line, "%s, but %s", change, doubt);
            break;
        }
        line.status = told(test->after) < GATE_DECIDING_BLOCKS ? GATE_UNDECIDED : GATE_FAIL;
        line.wish = WISH_BLOCKS;
        gate_add(report, line, "%s%s", change,
                 line.status == GATE_UNDECIDED ? "; more blocks decide (--rerun)" : "");
        break;
    }
}

/* A line at once where there is nothing to test. Returns whether there is. */
static bool can_be_tested(const struct test *test, struct gate_report *report)
{
    struct gate_line line = test->line;
    line.status = GATE_UNDECIDED;
    if (!test->before) {
        line.status = GATE_WARN;
        gate_add(report, line, "the baseline does not have this row");
    } else if (told(test->before) < REGRESSION_BASELINE_BLOCKS) {
        gate_add(report, line, "the baseline has %zu valid blocks, and %d are needed",
                 told(test->before), REGRESSION_BASELINE_BLOCKS);
    } else if (told(test->after) == 0) {
        gate_add(report, line, "not available: %s", test->after->unavailable);
    } else {
        return true;
    }
    return false;
}

static void decide(const struct test *tests, size_t count, struct gate_report *report)
{
    AUTO_FREE struct regression *regressions = calloc(count + 1, sizeof *regressions);
    AUTO_FREE const struct test **tested = calloc(count + 1, sizeof *tested);
    size_t testable = 0;
    if (!regressions || !tested)
        abort();
    for (size_t i = 0; i < count; i++) {
        if (!can_be_tested(&tests[i], report))
            continue;
        regressions[testable] = (struct regression){.before = tests[i].before->values,
                                                    .before_count = tests[i].before->count,
                                                    .after = tests[i].after->values,
                                                    .after_count = tests[i].after->count};
        tested[testable++] = &tests[i];
    }
    regressions_decide(regressions, testable);
    for (size_t i = 0; i < testable; i++)
        say_rise(tested[i], &regressions[i], report);
}

static size_t subject_total(const struct result *result)
{
    size_t total = 0;
    for (size_t w = 0; w < result->workload_count; w++)
        total += result->workloads[w].row_count * result->workloads[w].subject_count;
    return total;
}

static void gate_memory(const struct gate_request *request, struct gate_report *report)
{
    size_t room = subject_total(request->result) * ARRAY_LENGTH(memory_metrics);
    AUTO_FREE struct test *tests = calloc(room + 1, sizeof *tests);
    size_t count = 0;
    if (!tests)
        abort();
    for (size_t w = 0; w < request->result->workload_count; w++) {
        const struct result_workload *workload = &request->result->workloads[w];
        for (size_t i = 0; i < workload->row_count * workload->subject_count; i++) {
            const struct result_row *row = &workload->rows[i / workload->subject_count];
            const struct result_row *before =
                comparable_row(request->baseline, workload->workload->name, row->row->name);
            const struct result_subject *after = &row->subjects[i % workload->subject_count];
            const struct result_subject *was = before ? row_subject(before, after->name) : NULL;
            for (size_t m = 0; m < ARRAY_LENGTH(memory_metrics); m++)
                tests[count++] =
                    (struct test){.line = {.kind = GATE_REGRESSION,
                                           .workload = workload->workload->name,
                                           .row = row->row->name,
                                           .subject = after->name,
                                           .metric = &metrics[memory_metrics[m]]},
                                  .before = was ? &was->metric[memory_metrics[m]] : NULL,
                                  .after = &after->metric[memory_metrics[m]],
                                  .replay = &workload->replay};
        }
    }
    decide(tests, count, report);
}

/* Each block's ratio to the control's number in the same block; NaN where either is missing. */
static double *ratios_to_control(const struct result_row *row, const struct result_row *control,
                                 enum metric_id metric)
{
    const struct estimate *mine = &row->subjects[RECORD_PRIMARY].metric[metric];
    const struct estimate *its = &control->subjects[RECORD_PRIMARY].metric[metric];
    double *ratios = scratch_doubles(mine->count);
    for (size_t i = 0; i < mine->count; i++) {
        ratios[i] = NAN;
        for (size_t c = 0; c < its->count; c++)
            if (control->records[c]->block == row->records[i]->block)
                ratios[i] = mine->values[i] / its->values[c];
    }
    return ratios;
}

static void report_time(const struct gate_request *request, struct gate_line line,
                        const struct result_row *row, const struct result_row *before,
                        enum metric_id metric, struct gate_report *report)
{
    const struct result_row *control =
        comparable_row(request->result, line.workload, RECOMMEND_INCUMBENT);
    const struct result_row *control_before =
        comparable_row(request->baseline, line.workload, RECOMMEND_INCUMBENT);
    if (!before || !control || !control_before || control == row)
        return;
    AUTO_FREE double *now = ratios_to_control(row, control, metric);
    AUTO_FREE double *then = ratios_to_control(before, control_before, metric);
    struct regression regression = {
        .before = then, .before_count = before->valid, .after = now, .after_count = row->valid};
    regressions_decide(&regression, 1);
    line.status = regression.word == REGRESSION_RISE ? GATE_WARN : GATE_PASS;
    line.metric = &metrics[metric];
    if (isnan(regression.ratio) || regression.word == REGRESSION_TOO_FEW)
        gate_add(report, line, "too few blocks with both %s and its control; reported only",
                 row->row->name);
    else
        gate_add(report, line,
                 "relative to %s of the same block %+.1f %% since the baseline (95 %% limits %+.1f "
                 "to %+.1f %%); reported only",
                 RECOMMEND_INCUMBENT, 100 * (regression.ratio - 1), 100 * (regression.low - 1),
                 100 * (regression.high - 1));
}

static void gate_times(const struct gate_request *request, struct gate_report *report)
{
    for (size_t w = 0; w < request->result->workload_count; w++) {
        const struct result_workload *workload = &request->result->workloads[w];
        for (size_t r = 0; r < workload->row_count; r++) {
            const struct result_row *row = &workload->rows[r];
            struct gate_line line = {.kind = GATE_TIME,
                                     .workload = workload->workload->name,
                                     .row = row->row->name,
                                     .subject = row_primary(row)->name};
            const struct result_row *before =
                comparable_row(request->baseline, line.workload, line.row);
            for (size_t m = 0; m < ARRAY_LENGTH(time_metrics); m++)
                report_time(request, line, row, before, time_metrics[m], report);
        }
    }
}
