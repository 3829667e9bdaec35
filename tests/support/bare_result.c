#include "bare_result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimate.h"
#include "roles.h"

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        abort();
    return memory;
}

static void build_row(struct bare_result *bare, size_t index, const char *name, size_t blocks)
{
    struct result_row *row = &bare->workload.rows[index];
    struct run_row *run_row = &bare->stored.run.rows[index];
    *run_row = (struct run_row){
        .name = strdup(name),
        .allocator = strdup(name),
        .package = strdup("package"),
        .link = strdup("-llibrary"),
        .environment = allocate(1, sizeof *run_row->environment),
    };
    *row = (struct result_row){
        .row = run_row,
        .version = "1",
        .subjects = allocate(ROLE_COUNT, sizeof *row->subjects),
        .subject_count = ROLE_COUNT,
        .records = allocate(blocks, sizeof *row->records),
        .valid = blocks,
        .notes = allocate(1, sizeof *row->notes),
    };
    for (size_t block = 0; block < blocks; block++)
        row->records[block] = &bare->records[block];
    AUTO_FREE double *values = allocate(blocks, sizeof *values);
    for (size_t block = 0; block < blocks; block++)
        values[block] = 1000;
    for (size_t role = 0; role < ROLE_COUNT; role++) {
        row->subjects[role].name = role_names[role];
        for (size_t metric = 0; metric < METRIC_COUNT; metric++)
            bare_set(bare, index, role, (enum metric_id)metric, values);
        bare_set_verdict(bare, index, role, VERDICT_PLATEAU, CONFIDENCE_HIGH);
    }
}

void bare_build(const char *const *rows, size_t row_count, size_t blocks, struct bare_result *out)
{
    *out = (struct bare_result){.spec = {.name = "test", .peers = 8, .rounds = 10}};
    out->records = allocate(blocks, sizeof *out->records);
    for (size_t block = 0; block < blocks; block++)
        out->records[block].block = (int64_t)block + 1;
    struct run *run = &out->stored.run;
    host_describe(&run->host);
    run->started_utc = strdup("2026-11-21T01:28:00Z");
    run->blocks = (int64_t)blocks;
    run->rows = allocate(row_count, sizeof *run->rows);
    run->row_count = row_count;
    out->workload = (struct result_workload){
        .workload = &out->spec,
        .rows = allocate(row_count, sizeof *out->workload.rows),
        .row_count = row_count,
        .subject_names = role_names,
        .subject_count = ROLE_COUNT,
    };
    for (size_t row = 0; row < row_count; row++)
        build_row(out, row, rows[row], blocks);
    out->result = (struct result){
        .stored = &out->stored, .workloads = &out->workload, .workload_count = 1, .complete = true};
}

void bare_release(struct bare_result *bare)
{
    for (size_t row = 0; row < bare->workload.row_count; row++) {
        for (size_t role = 0; role < ROLE_COUNT; role++) {
            for (size_t metric = 0; metric < METRIC_COUNT; metric++)
                estimate_release(&bare->workload.rows[row].subjects[role].metric[metric]);
            free(bare->workload.rows[row].subjects[role].attributions);
        }
        free(bare->workload.rows[row].subjects);
        free(bare->workload.rows[row].records);
        free(bare->workload.rows[row].notes);
    }
    free(bare->workload.rows);
    compare_metrics_release(bare->workload.comparisons);
    free(bare->workload.summary);
    free(bare->workload.conclusion);
    free(bare->workload.recommendation);
    recommend_release(&bare->workload.advice);
    stored_run_release(&bare->stored);
    free(bare->records);
}

void bare_set(struct bare_result *bare, size_t row, size_t role, enum metric_id metric,
              const double *values)
{
    size_t blocks = bare->workload.rows[row].valid;
    struct estimate *estimate = &bare->workload.rows[row].subjects[role].metric[metric];
    double *copy = allocate(blocks, sizeof *copy);
    for (size_t i = 0; i < blocks; i++)
        copy[i] = values[i];
    estimate_release(estimate);
    estimate_build(copy, blocks, "nobody told", estimate);
}

void bare_set_verdict(struct bare_result *bare, size_t row, size_t role, enum verdict_kind kind,
                      enum confidence confidence)
{
    struct result_subject *subject = &bare->workload.rows[row].subjects[role];
    subject->live_available = true;
    subject->live = kind == VERDICT_LEAK           ? SIGNAL_GROW
                    : kind == VERDICT_INCONCLUSIVE ? SIGNAL_UNCLEAR
                                                   : SIGNAL_FLAT;
    subject->rss_anon = kind == VERDICT_PLATEAU ? SIGNAL_FLAT : SIGNAL_GROW;
    subject->verdict = (struct verdict_vote){
        .kind = kind,
        .confidence = confidence,
        .blocks = bare->workload.rows[row].valid,
        .votes = bare->workload.rows[row].valid,
        .slope_low = NAN,
        .slope_high = NAN,
        .unseen_per_cycle = 1,
        .judged_cycles = 100,
    };
    (void)snprintf(subject->verdict_sentence, sizeof subject->verdict_sentence, "so it was said");
}

void bare_set_leak_finding(struct bare_result *bare, size_t row, size_t role, bool sure)
{
    struct result_subject *subject = &bare->workload.rows[row].subjects[role];
    const struct finding leak = {.kind = FINDING_LIVE_GROWS,
                                 .size_bytes = 800,
                                 .slope_bytes = 800,
                                 .growth = {.share = 0.001, .high = 0.002},
                                 .resident_slope_bytes = NAN};
    subject->attributions = allocate(1, sizeof *subject->attributions);
    subject->attribution_count = 1;
    findings_add(&subject->attributions->findings, &leak);
    subject->attributions->verdict = (struct verdict){
        .samples = sure ? 60 : 12,
        .live = {.slope_low = 700, .judged_cycles = 100, .tolerance_bytes = 100},
    };
    voted_findings_build(subject->attributions, 1, &subject->findings);
}

void bare_add_finding(struct bare_result *bare, size_t row, size_t role, enum finding_kind kind,
                      double size_bytes)
{
    struct voted_findings *findings = &bare->workload.rows[row].subjects[role].findings;
    size_t blocks = bare->workload.rows[row].valid;
    findings->runs = blocks;
    findings->list[findings->count++] = (struct voted_finding){
        .finding = {.kind = kind, .size_bytes = size_bytes, .slope_bytes = size_bytes},
        .low = NAN,
        .high = NAN,
        .found = blocks,
    };
}

void bare_spoil(struct bare_result *bare, size_t row)
{
    struct result_row *to = &bare->workload.rows[row];
    to->missing = to->valid;
    to->valid = 0;
    for (size_t role = 0; role < ROLE_COUNT; role++)
        for (size_t metric = 0; metric < METRIC_COUNT; metric++)
            bare_set(bare, row, role, (enum metric_id)metric, NULL);
    to->notes[to->note_count++] =
        (struct result_note){.kind = NOTE_INVALID, .block = 1, .attempt = 1, .reason = "it lied"};
}
