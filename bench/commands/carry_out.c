#include "carry_out.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "live_view.h"
#include "paths.h"
#include "progress.h"
#include "run_passes.h"
#include "runner.h"

/* What the runner's callbacks need. */
struct storing {
    const char *dir;
    const struct stored_run *stored; /* what was there when this run of the driver began */
    struct live *live;               /* NULL: not shown */
};

static int on_folder(void *context, const struct record *record, char *out, size_t size,
                     struct err *err)
{
    return store_trial_dir(((struct storing *)context)->dir, record, out, size, err);
}

static int on_record(void *context, const struct record *record, struct err *err)
{
    return store_append(((struct storing *)context)->dir, record, err);
}

static int64_t on_done(void *context, const struct plan_trial *trial, bool *out_finished)
{
    const struct storing *storing = context;
    int64_t attempts = 0;
    *out_finished = false;
    for (size_t i = 0; i < storing->stored->record_count; i++) {
        const struct record *record = &storing->stored->records[i];
        if (record->id != trial->id)
            continue;
        attempts = record->attempt > attempts ? record->attempt : attempts;
        *out_finished = *out_finished || record->outcome == RECORD_VALID;
    }
    return attempts;
}

static void on_progress(void *context, const struct runner_progress *at)
{
    struct storing *storing = context;
    progress_update(context, at);
    if (storing->live)
        live_progress(storing->live, at);
}

static void on_finished(void *context, const struct runner_progress *at,
                        const struct record *record)
{
    struct storing *storing = context;
    progress_finished(context, at, record);
    if (storing->live)
        live_finished(storing->live, at, record);
}

static int open_interrupt(void)
{
    sigset_t signals;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int carry_out(const char *dir, const struct stored_run *stored, const char *programs,
              struct err *err)
{
    return carry_out_with_passes(dir, stored, programs, NULL, false, err);
}

int carry_out_with_passes(const char *dir, const struct stored_run *stored, const char *programs,
                          const struct leak_tools *leak_tools, bool live, struct err *err)
{
    const struct run *run = &stored->run;
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
    AUTO_CLOSE int interrupt_fd = open_interrupt();
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    struct storing storing = {.dir = dir, .stored = stored};
    struct runner runner = {
        .plan = &plan,
        .workloads = run->workloads,
        .rows = rows,
        .programs = programs,
        .pins = runner_pins(unused, sizeof unused),
        .sample_period_ns = run->sample_period_ns,
        .no_aslr = !run->aslr,
        .interrupt_fd = interrupt_fd,
        .folder = on_folder,
        .done = on_done,
        .sink = on_record,
        .progress = on_progress,
        .finished = on_finished,
        .context = &storing,
    };
    runner_pin_driver(&runner.pins);
    if (live && live_view_open(&runner, run, &storing.live, err) < 0)
        return err->code;
    int code = runner_run(&runner, err);
    if (storing.live)
        live_view_close(storing.live);
    return code < 0 || !leak_tools ? code : run_passes(dir, &runner, leak_tools, err);
}
