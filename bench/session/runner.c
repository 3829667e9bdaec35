#include "runner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

struct running {
    const struct runner *runner;
    struct runner_progress at;
    int64_t began_ns;
    int64_t carried_out; /* trials of the plan done in this run of the driver */
    int64_t to_do;
    int64_t repeated;
    int64_t planned; /* trials of the plan, or of the one cell of it that is wanted */
    int64_t last_id; /* of the trial that was brought last */
};

/* Cells in the order of the plan, and their trials one after another. */
struct cells {
    struct cell *cell;
    size_t count;
    struct cell_trial *trial;
    size_t trial_count;
};

static void place(struct running *running, const struct record *record)
{
    running->at.trial = record->id;
    running->at.workload = record->workload;
    running->at.row = record->row;
    running->at.block = record->block;
    running->at.attempt = record->attempt;
}

static int on_host(void *context, const struct host *host, struct err *err)
{
    const struct runner *runner = ((struct running *)context)->runner;
    return runner->host(runner->context, host, err);
}

static int on_folder(void *context, const struct record *record, char *out, size_t size,
                     struct err *err)
{
    const struct runner *runner = ((struct running *)context)->runner;
    return runner->folder(runner->context, record, out, size, err);
}

static void on_progress(void *context, const struct record *record,
                        const struct trial_progress *now)
{
    struct running *running = context;
    place(running, record);
    running->at.now = *now;
    running->runner->progress(running->runner->context, &running->at);
}

/* For what is left of the plan, and one trial more? Asked after the first was carried out. */
static bool has_time(const struct running *running)
{
    const int64_t until_ns = running->runner->repeats_until_ns, now_ns = clock_now_ns();
    const int64_t trial_ns = (now_ns - running->began_ns) / running->carried_out;
    return until_ns == 0 || now_ns + running->at.left_ns + trial_ns <= until_ns;
}

static bool repeat_it(const struct running *running, const struct record *record)
{
    return record->outcome == RECORD_VALID && record->noise.noisy &&
           record->attempt <= RUNNER_REPEATS && 3 * running->repeated < running->planned &&
           has_time(running);
}

static void is_stored(struct running *running, const struct record *record)
{
    const struct runner *runner = running->runner;
    place(running, record);
    bool repeats = record->id == running->last_id; /* attempts follow each other */
    running->last_id = record->id;
    running->repeated += repeats;
    running->carried_out += !repeats;
    running->at.left_ns = (clock_now_ns() - running->began_ns) / running->carried_out *
                          (running->to_do - running->carried_out);
    runner->finished(runner->context, &running->at, record);
}

static int on_finished(void *context, const struct record *record, bool *out_again, struct err *err)
{
    struct running *running = context;
    const struct runner *runner = running->runner;
    int code = runner->sink(runner->context, record, err);
    if (code < 0)
        return code;
    is_stored(running, record);
    *out_again = repeat_it(running, record);
    return 0;
}

static int on_brought(void *context, const struct record *record, const char *from, struct err *err)
{
    struct running *running = context;
    const struct runner *runner = running->runner;
    int code = runner->adopt(runner->context, record, from, err);
    if (code == 0)
        is_stored(running, record);
    return code;
}

static bool same_block(const struct plan_trial *a, const struct plan_trial *b)
{
    return a->workload == b->workload && a->block == b->block;
}

static bool is_wanted(const struct runner *runner, const struct plan_trial *planned)
{
    const struct plan_cell *only = &runner->only;
    return only->block == 0 ||
           (only->block == planned->block && only->workload == planned->workload);
}

static int64_t count_wanted(const struct runner *runner)
{
    int64_t count = 0;
    for (size_t i = 0; i < runner->plan->trial_count; i++)
        count += is_wanted(runner, &runner->plan->trials[i]);
    return count;
}

/* What is missing of the block that begins at `first`; returns where the next one begins. */
static size_t add_block(const struct runner *runner, size_t first, struct cells *cells)
{
    const struct plan *plan = runner->plan;
    const struct plan_trial *planned = &plan->trials[first];
    struct cell cell = {
        .workload = &runner->workloads[planned->workload],
        .block = planned->block,
        .trials = cells->trial + cells->trial_count,
    };
    size_t i = first;
    const bool wanted = is_wanted(runner, planned);
    for (; i < plan->trial_count && same_block(planned, &plan->trials[i]); i++) {
        struct runner_stored stored = {.attempts = 0};
        runner->stored(runner->context, &plan->trials[i], &stored);
        cell.host = cell.host ? cell.host : stored.host;
        if (stored.finished || !wanted)
            continue;
        cells->trial[cells->trial_count++] = (struct cell_trial){
            .id = plan->trials[i].id,
            .row = &runner->rows[plan->trials[i].row],
            .attempts = stored.attempts,
        };
        cell.trial_count++;
    }
    if (cell.trial_count > 0)
        cells->cell[cells->count++] = cell;
    return i;
}

int runner_run(const struct runner *runner, struct err *err)
{
    const size_t most = runner->plan->trial_count + 1;
    AUTO_FREE struct cell *cell = calloc(most, sizeof *cell);
    AUTO_FREE struct cell_trial *trial = calloc(most, sizeof *trial);
    if (!cell || !trial)
        return err_set(err, -ENOMEM, "out of memory");
    struct cells cells = {.cell = cell, .trial = trial};
    for (size_t i = 0; i < runner->plan->trial_count;)
        i = add_block(runner, i, &cells);
    struct running running = {.runner = runner,
                              .repeated = runner->repeated,
                              .planned = count_wanted(runner),
                              .to_do = (int64_t)cells.trial_count,
                              .began_ns = clock_now_ns(),
                              .at = {.trials = (int64_t)runner->plan->trial_count, .left_ns = -1}};
    const struct cell_client client = {.host = on_host,
                                       .folder = on_folder,
                                       .progress = on_progress,
                                       .finished = on_finished,
                                       .brought = on_brought,
                                       .context = &running};
    int code = runner->executor->cells(runner->executor->state, cell, cells.count, &client, err);
    if (code == 0 && running.carried_out < running.to_do)
        code = err_set(err, -ENODATA,
                       "%jd of %jd trials were not brought back; --resume asks for "
                       "them again",
                       (intmax_t)(running.to_do - running.carried_out), (intmax_t)running.to_do);
    return code;
}
