#include "measure.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"
#include "paths.h"
#include "run_passes.h"

/* What the runner's callbacks need. */
struct storing {
    const char *dir;
    const struct stored_run *stored; /* what was there when this run of the driver began */
    bool no_more_repeats;            /* noise took its share of the plan before that (runner.h) */
    const struct measure_observer *observer;
    struct live *live; /* NULL: not shown */
};

static int on_folder(void *context, const struct record *record, char *out, size_t size,
                     struct err *err)
{
    return store_trial_dir(((struct storing *)context)->dir, record, out, size, err);
}

/* Of the allocator, when this row was measured first; NULL: it was not. */
static const char *first_version(const struct stored_run *stored, const char *row)
{
    for (size_t i = 0; i < stored->record_count; i++)
        if (stored->records[i].outcome == RECORD_VALID && strcmp(stored->records[i].row, row) == 0)
            return record_primary(&stored->records[i])->version;
    return NULL;
}

static int on_record(void *context, const struct record *record, struct err *err)
{
    const struct storing *storing = context;
    const char *then = first_version(storing->stored, record->row);
    const char *now = record_primary(record)->version;
    if (then && now && strcmp(then, now) != 0)
        return err_set(err, -EXDEV,
                       "row %s: its allocator is version %s now, and was %s in the trials that are "
                       "stored; begin a new run",
                       record->row, now, then);
    return store_append(storing->dir, record, err);
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

static int64_t on_done(void *context, const struct plan_trial *trial, bool *out_finished)
{
    const struct storing *storing = context;
    int64_t attempts = 0;
    bool valid = false, quiet = false;
    for (size_t i = 0; i < storing->stored->record_count; i++) {
        const struct record *record = &storing->stored->records[i];
        if (record->id != trial->id)
            continue;
        attempts = record->attempt > attempts ? record->attempt : attempts;
        valid = valid || record->outcome == RECORD_VALID;
        quiet = quiet || (record->outcome == RECORD_VALID && !record->noise.noisy);
    }
    *out_finished = quiet || (valid && (storing->no_more_repeats || attempts > RUNNER_REPEATS));
    return attempts;
}

static void on_progress(void *context, const struct runner_progress *at)
{
    struct storing *storing = context;
    storing->observer->progress(storing->observer->context, at);
    if (storing->live)
        live_progress(storing->live, at);
}

static void on_finished(void *context, const struct runner_progress *at,
                        const struct record *record)
{
    struct storing *storing = context;
    storing->observer->trial_finished(storing->observer->context, at, record);
    if (storing->live)
        live_finished(storing->live, at, record);
}

/* -ENXIO with a sentence. */
static int find_program(const char *programs, const char *kind, const char *allocator,
                        struct err *err)
{
    char path[2 * PATHS_MAX];
    (void)snprintf(path, sizeof path, "%s/%s%s%s", programs, kind, allocator ? "-" : "",
                   allocator ? allocator : "");
    return access(path, X_OK) == 0
               ? 0
               : err_set(err, -ENXIO, "%s: no such program; run 'make' to build it", path);
}

int measure_check_programs(const struct run *run, const char *programs, struct err *err)
{
    char beside[PATHS_MAX];
    int code = programs ? 0 : paths_programs(beside, err);
    const char *folder = programs ? programs : beside;
    if (code == 0)
        code = find_program(folder, "churner", NULL, err);
    for (size_t i = 0; i < run->row_count && code == 0; i++) {
        code = find_program(folder, "peer", run->rows[i].allocator, err);
        if (code == 0)
            code = find_program(folder, "proxy", run->rows[i].allocator, err);
    }
    return code;
}

/* Open once the driver is pinned: the server's thread stays on the same core. */
static int open_live(const struct runner *runner, const struct measure *measure, struct live **out,
                     struct err *err)
{
    const struct live_show show = {
        .plan = runner->plan,
        .workloads = runner->workloads,
        .workload_count = measure->stored->run.workload_count,
        .rows = runner->rows,
        .row_count = measure->stored->run.row_count,
    };
    int code = live_open(&show, out, err);
    if (code == 0)
        measure->observer->live_opened(measure->observer->context, live_url(*out));
    return code;
}

static void close_live(struct live *live, const struct measure_observer *observer)
{
    struct live_cost cost;
    live_cost(live, &cost);
    observer->live_closed(observer->context, &cost);
    live_close(live);
}

int measure_missing(const struct measure *measure, struct err *err)
{
    const struct run *run = &measure->stored->run;
    const char *programs = measure->programs;
    char beside[PATHS_MAX];
    char unused[128];
    if (!programs) {
        int code = paths_programs(beside, err);
        if (code < 0)
            return code;
        programs = beside;
    }
    AUTO_FREE struct runner_row *rows = calloc(run->row_count, sizeof *rows);
    if (!rows)
        return err_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < run->row_count; i++)
        rows[i] = (struct runner_row){.name = run->rows[i].name,
                                      .allocator = run->rows[i].allocator,
                                      .environment = run->rows[i].environment};
    AUTO(plan) struct plan plan = {.trial_count = 0};
    plan_build(run->workload_count, run->row_count, run->blocks, run->seed, &plan);
    AUTO_CLOSE int interrupt_fd = interrupt_open_with_subjects();
    int64_t repeated = count_repeated(measure->stored);
    struct storing storing = {
        .dir = measure->dir,
        .stored = measure->stored,
        .no_more_repeats = 3 * repeated >= (int64_t)plan.trial_count,
        .observer = measure->observer,
    };
    struct runner runner = {
        .plan = &plan,
        .workloads = run->workloads,
        .rows = rows,
        .programs = programs,
        .pins = runner_pins(unused, sizeof unused),
        .sample_period_ns = run->sample_period_ns,
        .no_aslr = !run->aslr,
        .interrupt_fd = interrupt_fd,
        .repeated = repeated,
        .folder = on_folder,
        .done = on_done,
        .sink = on_record,
        .progress = on_progress,
        .finished = on_finished,
        .context = &storing,
    };
    cpu_set_t unpinned;
    (void)sched_getaffinity(0, sizeof unpinned, &unpinned);
    runner_pin_driver(&runner.pins);
    if (measure->live && open_live(&runner, measure, &storing.live, err) < 0)
        return err->code;
    int code = runner_run(&runner, err);
    if (storing.live)
        close_live(storing.live, measure->observer);
    if (code == 0 && measure->passes)
        code = run_passes(measure, &runner, err);
    if (runner.pins.driver_cpu >= 0) /* a second run of this process may use all cores again */
        (void)sched_setaffinity(0, sizeof unpinned, &unpinned);
    return code;
}
