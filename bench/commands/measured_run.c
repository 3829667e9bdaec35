#include "measured_run.h"

#include <errno.h>
#include <stdio.h>

#include "command.h"
#include "exporter.h"
#include "measure.h"
#include "paths.h"
#include "progress.h"
#include "same_machine.h"
#include "time_left.h"

/* Make the run's folder, or load the run that is to be resumed; locked. */
static int open_run(const struct measured_run *run, char *dir, size_t size, struct store_lock *lock,
                    struct stored_run *stored, struct err *err)
{
    if (run->resume) {
        (void)snprintf(dir, size, "%s", run->resume);
        int loaded = store_lock(dir, lock, err);
        if (loaded == 0)
            loaded = store_load(dir, stored, err);
        return loaded < 0 ? loaded : same_machine_check(&stored->run, err);
    }
    return planning_open(run->planning, run->line, dir, size, lock, stored, err);
}

/* Print what is stored, also after an interruption: what was measured stays readable. */
static int report(const char *dir, const struct recommend_weights *weights, int run_code,
                  const char *where, struct err *err)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    int code = store_load(dir, &stored, err);
    if (code < 0)
        return EXIT_UNMEASURED;
    result_build(&stored, &result);
    for (size_t i = 0; i < result.workload_count; i++)
        result_recommend(&result.workloads[i], (size_t)stored.run.blocks, weights, NULL);
    code = report_write_all(&result, dir, err);
    if (code < 0)
        return EXIT_UNMEASURED;
    (void)printf("\nStored in %s; to look at it, open %s/report.html\n", dir, dir);
    if (run_code == -EINTR)
        (void)err_set(err, run_code, "interrupted; finish it with 'heapchurn run --resume %s%s'",
                      dir, where);
    else if (!result.complete && run_code == 0)
        (void)err_set(err, -ENODATA,
                      "%zu of the planned trials have no valid result; the reasons stand under the "
                      "tables; 'heapchurn run --resume %s' tries them again",
                      result.missing, dir);
    return result.complete && run_code == 0 ? EXIT_OK : EXIT_UNMEASURED;
}

static int run_here(const struct measured_run *run, struct err *err)
{
    const struct planning *planning = run->planning;
    char dir[PATHS_MAX];
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT; /* reports are written in it too */
    int code = open_run(run, dir, sizeof dir, &lock, &stored, err);
    if (code < 0)
        return planning_exit(code);
    char shorter[TIME_LEFT_MAX];
    struct progress progress = {
        .live = run->live,
        .shorter = run->resume ? "" : time_left_shorter(planning, shorter, sizeof shorter),
    };
    const struct measure_observer observer = progress_observer(&progress);
    code = measure_missing(&(struct measure){.dir = dir,
                                             .stored = &stored,
                                             .programs = planning->programs,
                                             .passes = !planning->no_passes,
                                             .leak_tools = planning->leak_tools.words,
                                             .leak_tool_count = planning->leak_tools.count,
                                             .observer = &observer},
                           err);
    if (code < 0 && code != -EINTR) {
        if (!run->resume)
            planning_forget(planning, dir, err);
        return EXIT_UNMEASURED;
    }
    return report(dir, run->weights, code, "", err);
}

/* The same, its cells carried out by a cluster. */
static int run_on_slurm(const struct measured_run *run, struct err *err)
{
    const char *programs = run->planning->programs;
    char dir[PATHS_MAX];
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT;
    int code = on_slurm_check(run->where, err);
    if (code < 0)
        return code == -ESRCH ? EXIT_USAGE : EXIT_UNMEASURED;
    if (run->resume) {
        (void)snprintf(dir, sizeof dir, "%s", run->resume);
        code = store_lock(dir, &lock, err);
        if (code == 0)
            code = store_load_outline(dir, &stored, err);
    } else {
        code = planning_open(run->planning, run->line, dir, sizeof dir, &lock, &stored, err);
    }
    if (code < 0)
        return planning_exit(code);
    code = on_slurm_measure(run->where, dir, &stored, !run->resume, programs, err);
    if (code == -EINPROGRESS) {
        (void)printf("%s: it goes on without us; when it has ended: heapchurn collect %s\n", dir,
                     dir);
        return EXIT_OK;
    }
    if (code < 0 && code != -EINTR && code != -ENODATA)
        return code == -EINVAL ? EXIT_USAGE : EXIT_UNMEASURED;
    return report(dir, run->weights, code, " --on slurm", err);
}

int measured_run(const struct measured_run *run, struct err *err)
{
    bool slurm = false;
    if (planning_check(run->planning, err) < 0 ||
        (run->where && on_slurm_wanted(run->where, &slurm, err) < 0))
        return EXIT_USAGE;
    return slurm ? run_on_slurm(run, err) : run_here(run, err);
}
