#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attribution_json.h"
#include "cleanup.h"
#include "exporter.h"
#include "fields.h"
#include "json_build.h"
#include "malloc_share.h"
#include "sections.h"
#include "spec_keys.h"

/* The version of the schema in SCHEMA.md. A key that is added does not raise it; one that is gone,
 * or means something else, does. */
enum { RESULT_SCHEMA = 2 };

static json_t *json_of_run(const struct result *result);

static void write_json(const struct result *result, FILE *out, const struct text_style *style)
{
    (void)style;
    json_t *document = json_of_run(result);
    if (json_dumpf(document, out, JSON_INDENT(1)) != 0 && !ferror(out))
        abort(); /* a string that is no UTF-8 became null: only memory is left as a reason */
    (void)fputc('\n', out);
    json_decref(document);
}

const struct exporter exporter_json = {
    .name = "json",
    .file = "result.json",
    .summary = "every number, with its unit in its name (reports/SCHEMA.md)",
    .stored = true,
    .write = write_json,
};

static json_t *json_of_workload(const struct result *result,
                                const struct result_workload *workload);
static json_t *json_of_host(const struct run *run);
static json_t *json_of_absent(const struct run *run);

/* As text: a JSON number does not hold all digits of it everywhere. */
static void put_seed(json_t *object, uint64_t seed)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%" PRIu64, seed);
    json_build_put(object, "seed", json_build_text(digits));
}

static json_t *json_of_run(const struct result *result)
{
    const struct run *run = &result->stored->run;
    json_t *document = json_build(json_object());
    json_t *workloads = json_build(json_array());
    json_build_put(document, "schema", json_integer(RESULT_SCHEMA));
    json_build_put(document, "host", json_of_host(run));
    json_build_put(document, "started_utc", json_build_text(run->started_utc));
    json_build_put(document, "command", json_build_text(run->command));
    json_build_put(document, "blocks", json_integer(run->blocks));
    put_seed(document, run->seed);
    json_build_put(document, "sample_period_ns", json_integer(run->sample_period_ns));
    json_build_put(document, "pinning", json_build_text(run->pinning));
    json_build_put(document, "complete", json_boolean(result->complete));
    json_build_put(document, "missing_trials", json_integer((json_int_t)result->missing));
    for (size_t i = 0; i < result->workload_count; i++)
        json_build_push(workloads, json_of_workload(result, &result->workloads[i]));
    json_build_put(document, "workloads", workloads);
    json_build_put(document, "absent_rows", json_of_absent(run));
    return document;
}

static json_t *json_of_absent(const struct run *run)
{
    json_t *rows = json_build(json_array());
    for (size_t i = 0; i < run->absent_count; i++) {
        json_t *row = json_build(json_object());
        json_build_put(row, "name", json_build_text(run->absent[i].name));
        json_build_put(row, "reason", json_build_text(run->absent[i].reason));
        json_build_push(rows, row);
    }
    return rows;
}

static json_t *json_of_host(const struct run *run)
{
    json_t *json = json_build(fields_write(host_fields, fields_count(host_fields), &run->host));
    json_build_put(json, "aslr", json_boolean(run->aslr)); /* of the subjects */
    return json;
}

static json_t *json_of_plan(const struct workload *workload)
{
    json_t *json = json_build(fields_write(spec_keys, fields_count(spec_keys), workload));
    (void)json_object_del(json, "path");
    json_build_put(json, "cycle_unit", json_build_text(workload_cycle_unit(workload)));
    json_build_put(json, "cycles", json_integer(workload_cycles(workload)));
    return json;
}

static json_t *json_of_values(const double *values, size_t count)
{
    json_t *json = json_build(json_array());
    for (size_t i = 0; i < count; i++)
        json_build_push(json, json_build_number(values[i]));
    return json;
}

static json_t *json_of_estimate(const struct estimate *estimate)
{
    json_t *json = json_build(json_object());
    json_build_put(json, "median", json_build_number(estimate->median));
    json_build_put(json, "min", json_build_number(estimate->min));
    json_build_put(json, "max", json_build_number(estimate->max));
    json_build_put(json, "low", json_build_number(estimate->low));
    json_build_put(json, "high", json_build_number(estimate->high));
    json_build_put(json, "values", json_of_values(estimate->values, estimate->count));
    return json;
}

static json_t *json_of_verdict(const struct result_subject *subject)
{
    const struct verdict_vote *vote = &subject->verdict;
    json_t *json = json_build(json_object());
    json_build_put(json, "verdict", json_build_text(verdict_names[vote->kind]));
    json_build_put(json, "confidence", json_build_text(confidence_names[vote->confidence]));
    json_build_put(json, "reason", json_build_text(subject->verdict_sentence));
    json_build_put(json, "rule", json_build_text(verdict_reason_names[vote->reason]));
    json_build_put(json, "votes", json_integer((json_int_t)vote->votes));
    json_build_put(json, "blocks", json_integer((json_int_t)vote->blocks));
    json_build_put(json, "bytes_per_cycle",
                   json_build_number(vote->blocks ? vote->slope_per_cycle : NAN));
    json_build_put(json, "bytes_per_cycle_low",
                   json_build_number(vote->blocks ? vote->slope_low : NAN));
    json_build_put(json, "bytes_per_cycle_high",
                   json_build_number(vote->blocks ? vote->slope_high : NAN));
    json_build_put(json, "unseen_bytes_per_cycle",
                   json_build_number(vote->blocks ? vote->unseen_per_cycle : NAN));
    json_build_put(json, "judged_cycles",
                   json_build_number(vote->blocks ? vote->judged_cycles : NAN));
    return json;
}

static json_t *json_of_findings(const struct voted_findings *findings)
{
    json_t *json = json_build(json_array());
    for (size_t i = 0; i < findings->count; i++) {
        const struct voted_finding *voted = &findings->list[i];
        json_t *one = finding_json(&voted->finding, "cycle");
        json_build_put(one, "low", json_build_number(voted->low));
        json_build_put(one, "high", json_build_number(voted->high));
        json_build_put(one, "found", json_integer((json_int_t)voted->found));
        json_build_put(one, "runs", json_integer((json_int_t)findings->runs));
        json_build_push(json, one);
    }
    return json;
}

static json_t *json_of_attributions(const struct result_subject *subject)
{
    json_t *json = json_build(json_array());
    for (size_t i = 0; i < subject->attribution_count; i++)
        json_build_push(json, attribution_json(&subject->attributions[i], "cycle"));
    return json;
}

static json_t *json_of_curve(const struct result_curve *curve)
{
    json_t *json = json_build(json_object());
    json_build_put(json, "median", json_of_values(curve->median, RESULT_CURVE_POINTS));
    json_build_put(json, "min", json_of_values(curve->min, RESULT_CURVE_POINTS));
    json_build_put(json, "max", json_of_values(curve->max, RESULT_CURVE_POINTS));
    return json;
}

/* Every metric is there: a number, or null and a reason. */
static json_t *json_of_subject(const struct result_subject *subject)
{
    json_t *json = json_build(json_object());
    json_t *unavailable = json_build(json_object());
    for (size_t id = 0; id < METRIC_COUNT; id++) {
        const struct estimate *estimate = &subject->metric[id];
        if (estimate->unavailable)
            json_build_put(unavailable, metrics[id].key, json_build_text(estimate->unavailable));
        json_build_put(json, metrics[id].key,
                       estimate->unavailable ? json_null() : json_of_estimate(estimate));
    }
    json_build_put(json, "unavailable", unavailable);
    json_build_put(json, "rss_anon_curve_bytes", json_of_curve(&subject->rss_anon_curve));
    json_build_put(json, "verdict", json_of_verdict(subject));
    json_build_put(json, "findings", json_of_findings(&subject->findings));
    json_build_put(json, "attributions", json_of_attributions(subject));
    return json;
}

static json_t *json_of_trials(const struct result_row *row)
{
    json_t *json = json_build(json_object());
    json_t *reasons = json_build(json_array());
    json_build_put(json, "valid", json_integer((json_int_t)row->valid));
    json_build_put(json, "invalid", json_integer((json_int_t)row->invalid));
    json_build_put(json, "failed", json_integer((json_int_t)row->failed));
    json_build_put(json, "repeated", json_integer((json_int_t)row->repeated));
    json_build_put(json, "noisy", json_integer((json_int_t)row->noisy));
    json_build_put(json, "missing", json_integer((json_int_t)row->missing));
    for (size_t i = 0; i < row->note_count; i++) {
        const struct result_note *note = &row->notes[i];
        json_t *reason = json_build(json_object());
        json_build_put(reason, "kind", json_build_text(result_note_names[note->kind]));
        json_build_put(reason, "block", json_integer(note->block));
        json_build_put(reason, "attempt",
                       note->attempt > 0 ? json_integer(note->attempt) : json_null());
        json_build_put(reason, "reason", json_build_text(note->reason));
        json_build_push(reasons, reason);
    }
    json_build_put(json, "reasons", reasons);
    return json;
}

static json_t *json_of_environment(const struct run_row *row)
{
    json_t *json = json_build(json_object());
    for (size_t i = 0; row->environment && row->environment[i]; i++) {
        const char *value = strchr(row->environment[i], '=');
        AUTO_FREE char *key = strndup(row->environment[i], strcspn(row->environment[i], "="));
        json_build_put(json, key ? key : "", json_build_text(value ? value + 1 : NULL));
    }
    return json;
}

static json_t *json_of_row(const struct result_workload *workload, size_t index)
{
    const struct result_row *row = &workload->rows[index];
    json_t *json = json_build(json_object());
    json_t *subjects = json_build(json_object());
    json_build_put(json, "name", json_build_text(row->row->name));
    json_build_put(json, "allocator", json_build_text(row->row->allocator));
    json_build_put(json, "version", json_build_text(row->version));
    json_build_put(json, "identity", json_build_text(row->identity));
    json_build_put(json, "library", json_build_text(row->library));
    json_build_put(json, "library_sha256", json_build_text(row->library_sha256));
    json_build_put(json, "environment", json_of_environment(row->row));
    json_build_put(json, "huge_pages",
                   json_build_text(allocator_huge_pages_names[row->row->huge_pages]));
    json_build_put(json, "why", json_build_text(row->row->why));
    json_build_put(json, "defaults", json_build_text(row->row->defaults));
    json_build_put(json, "package", json_build_text(row->row->package));
    json_build_put(json, "link", json_build_text(row->row->link));
    json_build_put(json, "trials", json_of_trials(row));
    for (size_t role = 0; role < row->subject_count; role++)
        json_build_put(subjects, row->subjects[role].name, json_of_subject(&row->subjects[role]));
    json_build_put(json, "subjects", subjects);
    json_build_put(json, "holding", section_holding_json(row));
    json_build_put(json, "giving_back", section_giving_back_json(row));
    json_build_put(json, "malloc_share_ratio", json_build_number(malloc_share(row)));
    json_build_put(json, "deployment", section_deployment_json(workload, index));
    return json;
}

static json_t *json_of_workload(const struct result *result, const struct result_workload *workload)
{
    (void)result;
    json_t *json = json_build(json_object());
    json_t *rows = json_build(json_array());
    json_build_put(json, "name", json_build_text(workload->workload->name));
    json_build_put(json, "plan", json_of_plan(workload->workload));
    for (size_t i = 0; i < workload->row_count; i++)
        json_build_push(rows, json_of_row(workload, i));
    json_build_put(json, "rows", rows);
    json_build_put(json, "summary", json_build_text(workload->summary));
    json_build_put(json, "hosts", section_hosts_json(workload));
    json_build_put(json, "comparisons", section_comparison_json(workload));
    json_build_put(json, "conclusion", json_build_text(workload->conclusion));
    if (workload->replay.is_trace)
        json_build_put(json, "replay", section_replay_json(workload));
    json_build_put(json, "recommendation", section_recommendation_json(workload));
    return json;
}
