#include "result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conclusion.h"
#include "conclusion_ends.h"
#include "estimate.h"
#include "ledger_curve.h"
#include "replay_rule.h"
#include "row_records.h"
#include "text.h"
#include "trial_curve.h"

static void build_workload(const struct stored_run *stored, const struct workload *workload,
                           struct result_workload *out);
static void find_subjects(const struct stored_run *stored, struct result_workload *out);
static void build_row(const struct stored_run *stored, const struct result_workload *workload,
                      const struct run_row *row, struct result_row *out);

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        abort();
    return memory;
}

void result_build(const struct stored_run *stored, struct result *out)
{
    const struct run *run = &stored->run;
    *out = (struct result){
        .stored = stored,
        .workloads = allocate(run->workload_count, sizeof *out->workloads),
        .workload_count = run->workload_count,
    };
    for (size_t i = 0; i < run->workload_count; i++) {
        struct result_workload *workload = &out->workloads[i];
        build_workload(stored, &run->workloads[i], workload);
        for (size_t r = 0; r < workload->row_count; r++)
            out->missing += workload->rows[r].missing;
    }
    out->complete = out->missing == 0;
}

static void build_workload(const struct stored_run *stored, const struct workload *workload,
                           struct result_workload *out)
{
    const struct run *run = &stored->run;
    *out = (struct result_workload){
        .workload = workload,
        .rows = allocate(run->row_count, sizeof *out->rows),
        .row_count = run->row_count,
    };
    find_subjects(stored, out);
    measured_hosts_find(stored, workload->name, &out->hosts);
    for (size_t i = 0; i < run->row_count; i++)
        build_row(stored, out, &run->rows[i], &out->rows[i]);
    out->summary = result_summary(out);
    out->conclusion = out->workload->ends ? conclusion_ends_text(out) : conclusion_text(out);
    compare_metrics(out, (size_t)run->blocks, out->comparisons);
    replay_check_build(stored, (size_t)(workload - run->workloads), out, &out->replay);
    replay_rule_comparisons(out);
    result_recommend(out, (size_t)run->blocks, &recommend_weights_default, NULL);
}

/* Every trial of a workload measures the same roles (store.h). Where none came so far, nothing is
 * known of them, and tables of n/a have one. */
static void find_subjects(const struct stored_run *stored, struct result_workload *out)
{
    const struct record *found = NULL;
    for (size_t i = 0; !found && i < stored->record_count; i++)
        if (stored->records[i].role_count > 0 &&
            strcmp(stored->records[i].workload, out->workload->name) == 0)
            found = &stored->records[i];
    out->subject_count = found ? record_subject_count(found) : 1;
    const char **names = allocate(out->subject_count, sizeof *names);
    names[0] = "subject";
    for (size_t i = 0; found && i < out->subject_count; i++)
        names[i] = found->roles[i].name;
    out->subject_names = names;
}

void result_recommend(struct result_workload *workload, size_t blocks,
                      const struct recommend_weights *weights, const char *const *barred)
{
    recommend_release(&workload->advice);
    free(workload->recommendation);
    recommend_build(workload, blocks, weights, barred, &workload->advice);
    if (replay_rule_ranks(&workload->replay)) {
        workload->recommendation = recommend_text(workload, &workload->advice);
        return;
    }
    /* What does not stand for the program ranks nothing. */
    workload->advice.best = workload->advice.advised = RECOMMEND_NONE;
    workload->advice.told = RECOMMEND_NONE;
    workload->recommendation = NULL;
}

/* The state that more than half of the trials agree on. */
static enum signal_state
agreed_state(const struct verdict *trials, size_t count,
             const struct verdict_signal *(*signal)(const struct verdict *))
{
    size_t votes[SIGNAL_GROW + 1] = {0};
    for (size_t i = 0; i < count; i++)
        votes[signal(&trials[i])->state]++;
    for (int state = SIGNAL_FLAT; state <= SIGNAL_GROW; state++)
        if (votes[state] * 2 > count)
            return (enum signal_state)state;
    return SIGNAL_UNCLEAR;
}

static const struct verdict_signal *live_signal(const struct verdict *verdict)
{
    return &verdict->live;
}

static const struct verdict_signal *rss_signal(const struct verdict *verdict)
{
    return &verdict->rss;
}

/* The sentence of the vote; where it is named after a finding, that of the finding. */
static void say_verdict(struct result_subject *out)
{
    const struct voted_finding *named = voted_findings_of_class(&out->findings, out->verdict.kind);
    if (named && out->verdict.kind != VERDICT_LEAK)
        voted_finding_sentence(&out->findings, (size_t)(named - out->findings.list),
                               out->verdict_sentence, sizeof out->verdict_sentence);
    else
        verdict_sentence(&out->verdict, out->verdict_sentence, sizeof out->verdict_sentence);
    if (!out->live_by_ledger)
        return;
    size_t used = strlen(out->verdict_sentence);
    text_copy(out->verdict_sentence + used, sizeof out->verdict_sentence - used,
              " (live: counted by the ledger)");
}

/* Where points are looked at under load, the one before it is of another kind. */
static void build_curve(const struct result_row *row, size_t trial, size_t role,
                        struct memory_curve *out)
{
    trial_curve_build(row->records[trial], role, out);
    if (row->loaded_points && out->count > 0 && out->column[MEMORY_CYCLE][0] == 0)
        memory_curve_drop_first(out);
}

/* Each trial by what it told itself. */
static void judge_trials(const struct result_row *row, size_t role, struct result_subject *out)
{
    out->trial_verdicts = allocate(row->valid, sizeof *out->trial_verdicts);
    out->attributions = allocate(row->valid, sizeof *out->attributions);
    out->attribution_count = row->valid;
    for (size_t i = 0; i < row->valid; i++) {
        AUTO(memory_curve) struct memory_curve curve;
        build_curve(row, i, role, &curve);
        trial_curve_judge(&curve, &out->attributions[i]);
        out->trial_verdicts[i] = out->attributions[i].verdict;
        out->live_available |= out->trial_verdicts[i].live.available;
    }
    out->live = agreed_state(out->trial_verdicts, row->valid, live_signal);
    out->rss_anon = agreed_state(out->trial_verdicts, row->valid, rss_signal);
    verdict_vote(out->trial_verdicts, row->valid, &out->verdict);
    voted_findings_build(out->attributions, out->attribution_count, &out->findings);
    if (row->valid > 0)
        say_verdict(out);
    else
        text_copy(out->verdict_sentence, sizeof out->verdict_sentence, "no trial is valid");
}

static void measure_one(const struct measured_hosts *hosts, const struct result_row *row,
                        size_t role, enum metric_id id, const struct pass *ledger,
                        struct result_subject *out)
{
    AUTO_FREE size_t *host_of = allocate(row->valid, sizeof *host_of);
    double *values = allocate(row->valid, sizeof *values);
    const char *why = "no trial is valid";
    for (size_t i = 0; i < row->valid; i++) {
        struct metric_input input = {row->records[i], role, &out->attributions[i], ledger};
        values[i] = metric_of(id, &input, &why);
        host_of[i] = measured_hosts_of(hosts, row->records[i]);
    }
    estimate_build(values, row->valid, why, &out->metric[id]);
    if (hosts->count > 1)
        estimate_over_hosts(&out->metric[id], host_of, hosts->count);
    for (size_t i = 0; i < row->valid && metrics[id].in_all_blocks; i++)
        if (isnan(values[i]))
            estimate_withhold(&out->metric[id], why);
}

static void measure(const struct measured_hosts *hosts, const struct result_row *row, size_t role,
                    struct result_subject *out)
{
    for (enum metric_id id = 0; id < METRIC_COUNT; id++)
        measure_one(hosts, row, role, id, NULL, out);
}

/* Live is one measurement: one value, without interval. What is not live differs by block. */
static void measure_by_ledger(const struct measured_hosts *hosts, const struct result_row *row,
                              const struct pass *ledger, struct result_subject *out)
{
    static const enum metric_id parts[] = {METRIC_LIVE_RESIDENT_END, METRIC_KEPT_END,
                                           METRIC_OUTSIDE_END,       METRIC_NOT_LIVE_END,
                                           METRIC_KEPT_PER_CYCLE,    METRIC_OUTSIDE_PER_CYCLE,
                                           METRIC_NOT_LIVE_PER_CYCLE};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        estimate_release(&out->metric[parts[i]]);
        measure_one(hosts, row, RECORD_PRIMARY, parts[i], ledger, out);
    }
    const struct metric_input input = {row->records[0], RECORD_PRIMARY, &out->attributions[0],
                                       ledger};
    struct estimate *growth = &out->metric[METRIC_LIVE_PER_CYCLE];
    double *value = allocate(1, sizeof *value);
    const char *why = NULL;
    *value = metric_of(METRIC_LIVE_PER_CYCLE, &input, &why);
    estimate_release(growth);
    estimate_build(value, 1, why, growth);
}

/* Live of the ledger's pass beside the RSS of each trial: one measurement of live, and one vote. */
static void judge_by_ledger(const struct measured_hosts *hosts, const struct result_row *row,
                            const struct pass *ledger, struct result_subject *out)
{
    AUTO_FREE struct verdict *verdicts = allocate(row->valid, sizeof *verdicts);
    size_t count = 0;
    for (size_t i = 0; i < row->valid; i++) {
        AUTO(memory_curve) struct memory_curve curve;
        build_curve(row, i, RECORD_PRIMARY, &curve);
        if (!ledger_curve_fill(ledger, &curve))
            continue;
        trial_curve_judge(&curve, &out->attributions[i]);
        verdicts[count++] = out->attributions[i].verdict;
    }
    if (count == 0)
        return;
    out->live_by_ledger = out->live_available = true;
    out->live = verdicts[0].live.state;
    verdict_vote_one_pass(verdicts, count, &out->verdict);
    voted_findings_build(out->attributions, out->attribution_count, &out->findings);
    say_verdict(out);
    measure_by_ledger(hosts, row, ledger, out);
}

static void build_row(const struct stored_run *stored, const struct result_workload *workload,
                      const struct run_row *row, struct result_row *out)
{
    const char *name = workload->workload->name;
    *out = (struct result_row){
        .row = row,
        .subjects = allocate(workload->subject_count, sizeof *out->subjects),
        .subject_count = workload->subject_count,
        .loaded_points = workload->workload->each.sample == SPEC_SAMPLE_DURING,
        .records = allocate((size_t)stored->run.blocks, sizeof *out->records),
        /* Each attempt makes at most one note, the counted one one more, a missing block one. */
        .notes =
            allocate(2 * stored->record_count + (size_t)stored->run.blocks, sizeof *out->notes),
    };
    row_records_choose(stored, name, out);
    if (out->valid > 0) {
        const struct record_role *primary = record_primary(out->records[0]);
        out->version = primary->version;
        out->identity = primary->identity;
        out->library = primary->library;
        out->library_sha256 = primary->library_sha256;
    }
    for (size_t role = 0; role < workload->subject_count; role++) {
        struct result_subject *subject = &out->subjects[role];
        subject->name = workload->subject_names[role];
        judge_trials(out, role, subject);
        measure(&workload->hosts, out, role, subject);
        result_curve_build(out->records, out->valid, role, &subject->rss_anon_curve);
    }
    const struct pass *ledger = holding_pass(stored, name, row->name, PASS_LEDGER);
    struct result_subject *primary = &out->subjects[RECORD_PRIMARY]; /* under the tools */
    if (ledger && !ledger->unavailable && !primary->live_available)
        judge_by_ledger(&workload->hosts, out, ledger, primary);
    holding_build(stored, workload->workload, out);
    giving_back_build(out->records, out->valid, &out->giving_back);
}

static void release_row(struct result_row *row)
{
    for (size_t role = 0; role < row->subject_count; role++) {
        for (size_t id = 0; id < METRIC_COUNT; id++)
            estimate_release(&row->subjects[role].metric[id]);
        free(row->subjects[role].trial_verdicts);
        free(row->subjects[role].attributions);
    }
    free(row->subjects);
    free(row->records);
    free(row->notes);
    free(row->other_work);
}

void result_release(struct result *result)
{
    for (size_t i = 0; i < result->workload_count; i++) {
        struct result_workload *workload = &result->workloads[i];
        for (size_t r = 0; r < workload->row_count; r++)
            release_row(&workload->rows[r]);
        free(workload->rows);
        free(workload->subject_names);
        measured_hosts_release(&workload->hosts);
        free(workload->summary);
        free(workload->conclusion);
        free(workload->recommendation);
        compare_metrics_release(workload->comparisons);
        recommend_release(&workload->advice);
        replay_check_release(&workload->replay);
    }
    free(result->workloads);
    *result = (struct result){0};
}
