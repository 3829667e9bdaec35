#include "carry_out.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "paths.h"
#include "progress.h"
#include "runner.h"

/* What the runner's callbacks need. */
struct storing {
    const char *dir;
    const struct stored_run *stored; /* what was there when this run of the driver began */
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
        .progress = progress_update,
        .finished = progress_finished,
        .context = &storing,
    };
    runner_pin_driver(&runner.pins);
    return runner_run(&runner, err);
}
