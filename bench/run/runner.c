#include "runner.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

enum { PATH_SIZE = 4096 };

struct running {
    const struct runner *runner;
    struct runner_progress at;
    int64_t began_ns;
    int64_t carried_out; /* trials of the plan done in this run of the driver */
    int64_t to_do;
    int64_t repeated;
};

static void on_progress(void *context, const struct trial_progress *now)
{
    struct running *running = context;
    running->at.now = *now;
    if (running->runner->progress)
        running->runner->progress(running->runner->context, &running->at);
}

static bool repeat_it(const struct running *running, const struct record *record)
{
    return record->outcome == RECORD_VALID && record->noise.noisy &&
           record->attempt <= RUNNER_REPEATS &&
           3 * running->repeated < (int64_t)running->runner->plan->trial_count;
}

static int attempt(struct running *running, const struct plan_trial *planned, int64_t number,
                   bool *out_again, struct err *err)
{
    const struct runner *runner = running->runner;
    const struct runner_row *row = &runner->rows[planned->row];
    const struct workload *workload = &runner->workloads[planned->workload];
    char folder[PATH_SIZE];
    AUTO(record) struct record record;
    record_init(&record);
    record.id = planned->id;
    record.block = planned->block;
    record.attempt = number;
    record.workload = strdup(workload->name);
    record.row = strdup(row->name);
    int code = runner->folder(runner->context, &record, folder, sizeof folder, err);
    if (code < 0)
        return code;
    struct trial_options options = {
        .workload = workload,
        .allocator = row->allocator,
        .row_environment = row->environment,
        .programs = runner->programs,
        .folder = folder,
        .pins = runner->pins,
        .deadlines = trial_deadlines_default,
        .sample_period_ns = runner->sample_period_ns,
        .no_aslr = runner->no_aslr,
        .interrupt_fd = runner->interrupt_fd,
        .progress = on_progress,
        .context = running,
    };
    code = trial_run(&options, &record, err);
    if (code == 0)
        code = runner->sink(runner->context, &record, err);
    if (code == 0 && runner->finished)
        runner->finished(runner->context, &running->at, &record);
    *out_again = code == 0 && repeat_it(running, &record);
    return code;
}

/* One trial of the plan with its repetitions. */
static int run_planned(struct running *running, const struct plan_trial *planned, int64_t stored,
                       struct err *err)
{
    const struct runner *runner = running->runner;
    running->at.trial = planned->id;
    running->at.workload = runner->workloads[planned->workload].name;
    running->at.row = runner->rows[planned->row].name;
    running->at.block = planned->block;
    running->at.left_ns = -1;
    if (running->carried_out > 0)
        running->at.left_ns = (clock_now_ns() - running->began_ns) / running->carried_out *
                              (running->to_do - running->carried_out);
    bool again = true;
    for (int64_t number = stored + 1; again; number++) {
        running->at.attempt = number;
        int code = attempt(running, planned, number, &again, err);
        if (code < 0)
            return code;
        running->repeated += again;
    }
    running->carried_out++;
    return 0;
}

int runner_run(const struct runner *runner, struct err *err)
{
    const struct plan *plan = runner->plan;
    struct running running = {
        .runner = runner, .repeated = runner->repeated, .began_ns = clock_now_ns()};
    running.at.trials = (int64_t)plan->trial_count;
    bool finished = false;
    for (size_t i = 0; i < plan->trial_count; i++) {
        (void)runner->done(runner->context, &plan->trials[i], &finished);
        running.to_do += !finished;
    }
    for (size_t i = 0; i < plan->trial_count; i++) {
        int64_t stored = runner->done(runner->context, &plan->trials[i], &finished);
        if (finished)
            continue;
        int code = run_planned(&running, &plan->trials[i], stored, err);
        if (code < 0)
            return code;
    }
    return 0;
}

struct trial_pins runner_pins(char *out_text, size_t size)
{
    struct trial_pins pins = {.subject_cpu = -1, .driver_cpu = -1};
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0 || CPU_COUNT(&allowed) < 2) {
        (void)snprintf(out_text, size, "not pinned: only one core may be used");
        return pins;
    }
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET((unsigned)cpu, &allowed))
            continue;
        if (pins.driver_cpu < 0)
            pins.driver_cpu = cpu;
        pins.subject_cpu = cpu;
    }
    (void)snprintf(out_text, size, "subjects on CPU %d, driver and churner on CPU %d",
                   pins.subject_cpu, pins.driver_cpu);
    return pins;
}

void runner_pin_driver(const struct trial_pins *pins)
{
    if (pins->driver_cpu < 0)
        return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)pins->driver_cpu, &set);
    (void)sched_setaffinity(0, sizeof set, &set);
}
