#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "exporter.h"

/* The version of the schema in SCHEMA.md. A key that is added does not raise it; one that is gone,
 * or means something else, does. */
enum { RESULT_SCHEMA = 1 };

static json_t *json_of_run(const struct result *result);

static void write_json(const struct result *result, FILE *out, const struct report_style *style)
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

/* Out of memory is the only way for jansson's makers to fail. */
static json_t *must(json_t *json)
{
    if (!json)
        abort();
    return json;
}

static void put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, must(value)) != 0)
        abort();
}

static void push(json_t *array, json_t *value)
{
    if (json_array_append_new(array, must(value)) != 0)
        abort();
}

/* NULL and what is not UTF-8 are null. */
static json_t *text_or_null(const char *text)
{
    json_t *json = text ? json_string(text) : NULL;
    return json ? json : json_null();
}

/* Whole numbers without a fraction, and null for what is not a number. */
static json_t *number(double value)
{
    if (!isfinite(value))
        return json_null();
    if (value == floor(value) && fabs(value) < 9007199254740992.0)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *count_or_null(int64_t value)
{
    return value >= 0 ? json_integer(value) : json_null();
}

static json_t *json_of_run(const struct result *result)
{
    const struct run *run = &result->stored->run;
    json_t *document = must(json_object());
    json_t *workloads = must(json_array());
    put(document, "schema", json_integer(RESULT_SCHEMA));
    put(document, "host", json_of_host(run));
    put(document, "started_utc", text_or_null(run->started_utc));
    put(document, "command", text_or_null(run->command));
    put(document, "blocks", json_integer(run->blocks));
    put(document, "seed", json_integer((json_int_t)run->seed));
    put(document, "sample_period_ns", json_integer(run->sample_period_ns));
    put(document, "pinning", text_or_null(run->pinning));
    put(document, "complete", json_boolean(result->complete));
    put(document, "missing_trials", json_integer((json_int_t)result->missing));
    for (size_t i = 0; i < result->workload_count; i++)
        push(workloads, json_of_workload(result, &result->workloads[i]));
    put(document, "workloads", workloads);
    return document;
}

static json_t *json_of_host(const struct run *run)
{
    const struct host *host = &run->host;
    json_t *json = must(json_object());
    put(json, "heapchurn", text_or_null(host->heapchurn));
    put(json, "distribution", text_or_null(host->distribution));
    put(json, "kernel", text_or_null(host->kernel));
    put(json, "machine", text_or_null(host->machine));
    put(json, "cpu_model", text_or_null(host->cpu_model));
    put(json, "cores", count_or_null(host->cores));
    put(json, "memory_bytes", count_or_null(host->memory_bytes));
    put(json, "page_bytes", count_or_null(host->page_bytes));
    put(json, "thp", text_or_null(host->thp));
    put(json, "aslr", json_boolean(run->aslr));
    put(json, "libc", text_or_null(host->libc));
    put(json, "libzmq", text_or_null(host->libzmq));
    put(json, "compiler", text_or_null(host->compiler));
    return json;
}

static json_t *json_of_plan(const struct workload *workload)
{
    json_t *json = must(json_object());
    put(json, "question", text_or_null(workload->question));
    put(json, "load", text_or_null(spec_load_names[workload->load]));
    put(json, "cycle_unit", text_or_null(workload_cycle_unit(workload)));
    put(json, "cycles", json_integer(workload_cycles(workload)));
    put(json, "peers", json_integer(workload->peers));
    put(json, "rounds", json_integer(workload->rounds));
    put(json, "mesh", json_boolean(workload->mesh));
    put(json, "drain", text_or_null(spec_drain_names[workload->drain]));
    put(json, "messages", json_integer(workload->messages));
    put(json, "message_bytes", json_integer(workload->message_bytes));
    put(json, "leak_bytes_per_cycle", json_integer(workload->leak_bytes));
    put(json, "session_blocks", json_integer(workload->session.blocks));
    put(json, "quiet_ns", json_integer(workload->quiet_ns));
    put(json, "released_ns", json_integer(workload->released_ns));
    put(json, "seed", json_integer(workload->seed));
    return json;
}

static json_t *json_of_values(const double *values, size_t count)
{
    json_t *json = must(json_array());
    for (size_t i = 0; i < count; i++)
        push(json, number(values[i]));
    return json;
}

static json_t *json_of_estimate(const struct estimate *estimate)
{
    json_t *json = must(json_object());
    put(json, "median", number(estimate->median));
    put(json, "min", number(estimate->min));
    put(json, "max", number(estimate->max));
    put(json, "low", number(estimate->low));
    put(json, "high", number(estimate->high));
    put(json, "values", json_of_values(estimate->values, estimate->count));
    return json;
}

static json_t *json_of_verdict(const struct result_subject *subject)
{
    const struct verdict_vote *vote = &subject->verdict;
    json_t *json = must(json_object());
    put(json, "verdict", text_or_null(verdict_names[vote->kind]));
    put(json, "confidence", text_or_null(confidence_names[vote->confidence]));
    put(json, "reason", text_or_null(subject->verdict_sentence));
    put(json, "rule", text_or_null(verdict_reason_names[vote->reason]));
    put(json, "votes", json_integer((json_int_t)vote->votes));
    put(json, "blocks", json_integer((json_int_t)vote->blocks));
    put(json, "bytes_per_cycle", number(vote->blocks ? vote->slope_per_cycle : NAN));
    put(json, "bytes_per_cycle_low", number(vote->blocks ? vote->slope_low : NAN));
    put(json, "bytes_per_cycle_high", number(vote->blocks ? vote->slope_high : NAN));
    put(json, "unseen_bytes_per_cycle", number(vote->blocks ? vote->unseen_per_cycle : NAN));
    put(json, "judged_cycles", number(vote->blocks ? vote->judged_cycles : NAN));
    return json;
}

static json_t *json_of_curve(const struct result_curve *curve)
{
    json_t *json = must(json_object());
    put(json, "median", json_of_values(curve->median, RESULT_CURVE_POINTS));
    put(json, "min", json_of_values(curve->min, RESULT_CURVE_POINTS));
    put(json, "max", json_of_values(curve->max, RESULT_CURVE_POINTS));
    return json;
}

/* Every metric is there: a number, or null and a reason. */
static json_t *json_of_subject(const struct result_subject *subject)
{
    json_t *json = must(json_object());
    json_t *unavailable = must(json_object());
    for (size_t id = 0; id < METRIC_COUNT; id++) {
        const struct estimate *estimate = &subject->metric[id];
        if (estimate->unavailable)
            put(unavailable, metrics[id].key, text_or_null(estimate->unavailable));
        put(json, metrics[id].key,
            estimate->unavailable ? json_null() : json_of_estimate(estimate));
    }
    put(json, "unavailable", unavailable);
    put(json, "rss_anon_curve_bytes", json_of_curve(&subject->rss_anon_curve));
    put(json, "verdict", json_of_verdict(subject));
    return json;
}

static json_t *json_of_trials(const struct result_row *row)
{
    json_t *json = must(json_object());
    json_t *reasons = must(json_array());
    put(json, "valid", json_integer((json_int_t)row->valid));
    put(json, "invalid", json_integer((json_int_t)row->invalid));
    put(json, "failed", json_integer((json_int_t)row->failed));
    put(json, "repeated", json_integer((json_int_t)row->repeated));
    put(json, "noisy", json_integer((json_int_t)row->noisy));
    put(json, "missing", json_integer((json_int_t)row->missing));
    for (size_t i = 0; i < row->note_count; i++) {
        const struct result_note *note = &row->notes[i];
        json_t *reason = must(json_object());
        put(reason, "kind", text_or_null(result_note_names[note->kind]));
        put(reason, "block", json_integer(note->block));
        put(reason, "attempt", note->attempt > 0 ? json_integer(note->attempt) : json_null());
        put(reason, "reason", text_or_null(note->reason));
        push(reasons, reason);
    }
    put(json, "reasons", reasons);
    return json;
}

static json_t *json_of_environment(const struct run_row *row)
{
    json_t *json = must(json_object());
    for (size_t i = 0; row->environment && row->environment[i]; i++) {
        const char *value = strchr(row->environment[i], '=');
        AUTO_FREE char *key = strndup(row->environment[i], strcspn(row->environment[i], "="));
        put(json, key ? key : "", text_or_null(value ? value + 1 : NULL));
    }
    return json;
}

static json_t *json_of_row(const struct result_row *row)
{
    json_t *json = must(json_object());
    json_t *subjects = must(json_object());
    put(json, "name", text_or_null(row->row->name));
    put(json, "allocator", text_or_null(row->row->allocator));
    put(json, "version", text_or_null(row->version));
    put(json, "identity", text_or_null(row->identity));
    put(json, "environment", json_of_environment(row->row));
    put(json, "why", text_or_null(row->row->why));
    put(json, "defaults", text_or_null(row->row->defaults));
    put(json, "package", text_or_null(row->row->package));
    put(json, "link", text_or_null(row->row->link));
    put(json, "trials", json_of_trials(row));
    for (int role = 0; role < RECORD_ROLE_COUNT; role++)
        put(subjects, record_role_names[role], json_of_subject(&row->subject[role]));
    put(json, "subjects", subjects);
    return json;
}

static json_t *json_of_workload(const struct result *result, const struct result_workload *workload)
{
    (void)result;
    json_t *json = must(json_object());
    json_t *rows = must(json_array());
    put(json, "name", text_or_null(workload->workload->name));
    put(json, "plan", json_of_plan(workload->workload));
    for (size_t i = 0; i < workload->row_count; i++)
        push(rows, json_of_row(&workload->rows[i]));
    put(json, "rows", rows);
    put(json, "summary", text_or_null(workload->summary));
    put(json, "comparisons", json_array());
    put(json, "conclusion", text_or_null(workload->conclusion));
    put(json, "recommendation", text_or_null(workload->recommendation));
    return json;
}
