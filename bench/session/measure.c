#include "measure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "executor_local.h"
#include "interrupt.h"
#include "path.h"
#include "paths.h"
#include "pins.h"
#include "run_passes.h"
#include "scenarios.h"

/* What the runner's callbacks need. */
struct storing {
    const char *dir;
    const struct stored_run *stored; /* what was there when this run of the driver began */
    bool no_more_repeats;            /* noise, or the clock, has had its share (runner.h) */
    bool as_they_are;
    const struct measure_observer *observer;
};

static int on_host(void *context, const struct host *host, struct err *err)
{
    return store_add_host(((struct storing *)context)->dir, host, err);
}

static int on_folder(void *context, const struct record *record, char *out, size_t size,
                     struct err *err)
{
    return store_trial_dir(((struct storing *)context)->dir, record, out, size, err);
}

/* The primary role when this row was measured first; NULL: it was not. */
static const struct record_role *first_of(const struct stored_run *stored, const char *row)
{
    for (size_t i = 0; i < stored->record_count; i++)
        if (stored->records[i].outcome == RECORD_VALID && strcmp(stored->records[i].row, row) == 0)
            return record_primary(&stored->records[i]);
    return NULL;
}

static bool differ(const char *then, const char *now)
{
    return then && now && strcmp(then, now) != 0;
}

static int check_version(const struct storing *storing, const struct record *record,
                         struct err *err)
{
    const struct record_role *then = first_of(storing->stored, record->row);
    const struct record_role *now = record_primary(record);
    if (then && differ(then->version, now->version))
        return err_set(err, -EXDEV,
                       "row %s: its allocator is version %s now, and was %s in the trials that are "
                       "stored; begin a new run",
                       record->row, now->version, then->version);
    if (then && differ(then->library_sha256, now->library_sha256))
        return err_set(err, -EXDEV,
                       "row %s: its library %s is another one than in the trials that are stored; "
                       "begin a new run",
                       record->row, now->library);
    return 0;
}

static int on_record(void *context, const struct record *record, struct err *err)
{
    const struct storing *storing = context;
    int code = check_version(storing, record, err);
    return code < 0 ? code : store_append(storing->dir, record, err);
}

static int on_brought(void *context, const struct record *record, const char *from, struct err *err)
{
    const struct storing *storing = context;
    int code = check_version(storing, record, err);
    return code < 0 ? code : store_adopt(storing->dir, from, record, err);
}

/* Trials that were measured again because of noise. */
static int64_t count_repeated(const struct stored_run *stored)
{
    int64_t count = 0;
    for (size_t i = 0; i + 1 < stored->record_count; i++)
        count += stored->records[i].outcome == RECORD_VALID && stored->records[i].noise.noisy &&
                 stored->records[i].id == stored->records[i + 1].id;
    return count;
}

/* Where its attempts begin; they are in order of their numbers. */
static size_t first_attempt(const struct stored_run *stored, int64_t id)
{
    size_t low = 0, high = stored->record_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (stored->records[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void on_stored(void *context, const struct plan_trial *trial, struct runner_stored *out)
{
    const struct storing *storing = context;
    const struct stored_run *stored = storing->stored;
    bool valid = false, quiet = false;
    for (size_t i = first_attempt(stored, trial->id);
         i < stored->record_count && stored->records[i].id == trial->id; i++) {
        const struct record *record = &stored->records[i];
        out->host = record->host;
        out->attempts = record->attempt > out->attempts ? record->attempt : out->attempts;
        valid = valid || record->outcome == RECORD_VALID;
        quiet = quiet || (record->outcome == RECORD_VALID && !record->noise.noisy);
    }
    out->finished = quiet || (storing->as_they_are && out->attempts > 0) ||
                    (valid && (storing->no_more_repeats || out->attempts > RUNNER_REPEATS));
}

static void on_progress(void *context, const struct runner_progress *at)
{
    struct storing *storing = context;
    storing->observer->progress(storing->observer->context, at);
}

static void on_finished(void *context, const struct runner_progress *at,
                        const struct record *record)
{
    struct storing *storing = context;
    storing->observer->trial_finished(storing->observer->context, at, record);
}

int measure_check_programs(const struct run *run, const char *programs, struct err *err)
{
    char beside[PATHS_MAX];
    int code = programs ? 0 : paths_programs(beside, err);
    const char *folder = programs ? programs : beside;
    for (size_t w = 0; code == 0 && w < run->workload_count; w++) {
        const struct scenario *scenario = NULL;
        code = scenario_of(&run->workloads[w], &scenario, err);
        if (code == 0 && scenario->check)
            code = scenario->check(&run->workloads[w], err);
        for (size_t i = 0; code == 0 && i < run->row_count; i++)
            code = scenario_check_programs(scenario, folder, run->rows[i].allocator, err);
    }
    return code;
}

int measure_keep(const char *dir, const struct run *run, struct err *err)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < run->workload_count; i++) {
        const struct scenario *scenario = NULL;
        struct err why = ERR_INIT;
        code = scenario_of(&run->workloads[i], &scenario, err);
        if (code < 0 || !scenario->keep)
            continue;
        AUTO_FREE char *text = scenario->keep(&run->workloads[i], &why);
        if (text)
            code = store_keep(dir, run->workloads[i].name, text, err);
        else if (why.code < 0)
            code = err_set(err, why.code, "%s", why.text);
    }
    return code;
}

static struct trial_row *rows_of(const struct run *run)
{
    struct trial_row *rows = calloc(run->row_count + 1, sizeof *rows);
    if (!rows)
        abort();
    for (size_t i = 0; i < run->row_count; i++)
        rows[i] = (struct trial_row){.name = run->rows[i].name,
                                     .allocator = run->rows[i].allocator,
                                     .environment = run->rows[i].environment,
                                     .library = run->rows[i].library,
                                     .huge_pages = run->rows[i].huge_pages};
    return rows;
}

/* The trials of the plan, and then the passes. */
static int trials_then_passes(const struct measure *measure, const struct run_passes *passes,
                              struct err *err)
{
    const struct run *run = &measure->stored->run;
    const struct measure_observer *observer = measure->observer;
    AUTO(plan) struct plan plan = {.trial_count = 0};
    plan_build(run->workload_count, run->row_count, run->blocks, run->seed, &plan);
    const int64_t repeated = count_repeated(measure->stored);
    const int64_t until_ns = measure->repeats_until_ns;
    struct storing storing = {
        .dir = measure->dir,
        .stored = measure->stored,
        .no_more_repeats =
            3 * repeated >= (int64_t)(measure->only.block ? run->row_count : plan.trial_count) ||
            (until_ns > 0 && clock_now_ns() >= until_ns),
        .as_they_are = measure->as_they_are,
        .observer = observer,
    };
    const struct runner runner = {
        .plan = &plan,
        .only = measure->only,
        .workloads = run->workloads,
        .rows = passes->rows,
        .executor = passes->executor,
        .repeated = repeated,
        .repeats_until_ns = until_ns,
        .stored = on_stored,
        .host = on_host,
        .folder = on_folder,
        .sink = on_record,
        .adopt = on_brought,
        .progress = on_progress,
        .finished = on_finished,
        .context = &storing,
    };
    const struct measure_view view = {&plan, run->workloads, run->workload_count, passes->rows,
                                      run->row_count};
    int code = observer->began(observer->context, &view, err);
    if (code < 0)
        return code;
    code = runner_run(&runner, err);
    observer->ended(observer->context);
    return code == 0 && measure->passes ? run_passes(passes, err) : code;
}

int measure_missing(const struct measure *measure, struct err *err)
{
    const struct run *run = &measure->stored->run;
    const char *programs = measure->programs;
    char beside[PATHS_MAX];
    char unused[PINS_TEXT_MAX];
    if (!programs && !measure->executor) {
        int code = paths_programs(beside, err);
        if (code < 0)
            return code;
        programs = beside;
    }
    AUTO_FREE struct trial_row *rows = rows_of(run);
    AUTO(interrupt) struct interrupt interrupt = interrupt_open_with_subjects();
    AUTO(host) struct host here;
    host_describe(&here);
    struct executor_local carrier = {
        .here = measure->here ? measure->here : &here,
        .programs = programs,
        .pins = pins_choose(unused, sizeof unused),
        .sample_period_ns = run->sample_period_ns,
        .no_aslr = !run->aslr,
        .interrupt_fd = interrupt.fd,
    };
    const struct executor local = executor_local(&carrier);
    const struct run_passes passes = {
        .dir = measure->dir,
        .leak_tools = measure->leak_tools,
        .leak_tool_count = measure->leak_tool_count,
        .executor = measure->executor ? measure->executor : &local,
        .rows = rows,
        .programs = programs,
        .pins = carrier.pins,
        .interrupt_fd = interrupt.fd,
        .finished = measure->observer->pass_finished,
        .context = measure->observer->context,
    };
    const struct trial_pins nowhere = {.driver_cpu = -1, .subject_cpu = -1};
    AUTO(pinned) struct pinned pinned;
    pinned_begin(measure->executor ? &nowhere : &carrier.pins, &pinned);
    return trials_then_passes(measure, &passes, err);
}
