#include "on_slurm.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect.h"
#include "executor_slurm.h"
#include "interrupt.h"
#include "measure.h"
#include "progress.h"
#include "run_cells.h"
#include "slurm.h"
#include "units.h"

enum { LINE_SIZE = 512 };

static const char slurm[] = "slurm";

/* NULL: the default one. */
static const char *partition_of(const struct on_slurm *options)
{
    const char *colon = strchr(options->on, ':');
    return colon && colon[1] ? colon + 1 : NULL;
}

int on_slurm_wanted(const struct on_slurm *options, bool *out, struct err *err)
{
    size_t length = strcspn(options->on, ":");
    bool is_slurm = length == strlen(slurm) && strncmp(options->on, slurm, length) == 0;
    if (!is_slurm && strcmp(options->on, "local") != 0)
        return err_set(err, -EINVAL, "--on %s: it is local or slurm[:PARTITION]", options->on);
    const char *needs = options->hosts > 0          ? "--hosts"
                        : options->limit_ns > 0     ? "--limit"
                        : options->sbatch.count > 0 ? "--sbatch"
                        : options->copy_back        ? "--copy-back"
                        : options->detach           ? "--detach"
                                                    : NULL;
    if (!is_slurm && needs)
        return err_set(err, -EINVAL, "%s is for --on slurm", needs);
    *out = is_slurm;
    return 0;
}

int on_slurm_check(const struct on_slurm *options, struct err *err)
{
    AUTO(slurm_nodes) struct slurm_nodes nodes = {.count = 0};
    return slurm_nodes(partition_of(options), -1, &nodes, err);
}

/* What is shown of the queue; on a terminal one line is redrawn. */
struct shown {
    bool terminal;
    bool open; /* the line is on the terminal */
    char last[LINE_SIZE];
};

static void clear_line(struct shown *shown)
{
    if (shown->open)
        (void)fputs("\r\033[K", stderr);
    shown->open = false;
}

static void watch(void *context, const struct slurm_watch *now)
{
    struct shown *shown = context;
    char line[LINE_SIZE], left[32];
    int length = snprintf(line, sizeof line, "cells: %" PRId64 " of %" PRId64 " done", now->done,
                          now->cells);
    size_t used = (size_t)length;
    used += (size_t)snprintf(line + used, sizeof line - used,
                             "; blocks: %" PRId64 " running%s%.60s, %" PRId64 " pending",
                             now->running, *now->nodes ? " on " : "", now->nodes, now->pending);
    if (now->pending > 0 && now->running == 0 && *now->reason)
        used += (size_t)snprintf(line + used, sizeof line - used, " (%.60s)", now->reason);
    if (now->failed > 0)
        used +=
            (size_t)snprintf(line + used, sizeof line - used, "; %" PRId64 " failed", now->failed);
    if (strcmp(line, shown->last) == 0 && !shown->terminal)
        return;
    (void)memcpy(shown->last, line, sizeof line);
    if (now->left_ns >= 0 && now->done < now->cells)
        (void)snprintf(line + used, sizeof line - used, "; left %s",
                       units_format_duration(now->left_ns / CLOCK_NS_PER_S * CLOCK_NS_PER_S, left,
                                             sizeof left));
    if (shown->terminal)
        (void)fprintf(stderr, "\r\033[K%.79s", line);
    else
        (void)fprintf(stderr, "%s\n", line);
    shown->open = shown->terminal;
    (void)fflush(stderr);
}

static void say(void *context, const char *sentence)
{
    clear_line(context);
    (void)fprintf(stderr, "%s\n", sentence);
}

/* Of this program, as nodes find it. */
static int own_path(char out[PATH_MAX], struct err *err)
{
    ssize_t length = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (length < 0)
        return err_set(err, -errno, "/proc/self/exe: %s", strerror(errno));
    out[length] = '\0';
    return 0;
}

/* `folder` and `programs_folder` are where paths are kept. */
static int prepare(struct executor_slurm *executor, const char *dir, const char *programs,
                   char folder[PATH_MAX], char programs_folder[PATH_MAX], struct err *err)
{
    if (!realpath(dir, folder))
        return err_set(err, -errno, "%s: %s", dir, strerror(errno));
    if (programs && !realpath(programs, programs_folder))
        return err_set(err, -errno, "%s: %s", programs, strerror(errno));
    executor->dir = folder;
    executor->programs = programs ? programs_folder : NULL;
    executor->bring.dir = folder;
    return 0;
}

/* What is missing when the last submission has ended. */
static int say_missing(const char *dir, const struct stored_run *stored,
                       const struct bring_cells *bring, struct err *err)
{
    const struct collected collected = {
        .bring = *bring,
        .cells = stored->run.blocks * (int64_t)stored->run.workload_count,
    };
    for (size_t i = 0; i < bring->refused_count; i++)
        (void)fprintf(stderr, "refused: %s/cells/%04" PRId64 ": %s\n", dir, bring->refused[i],
                      bring->why[i]);
    AUTO_FREE char *missing = collected_missing(dir, &collected);
    return err_set(err, -ENODATA, "%s%s",
                   missing ? missing : "cells were refused; the lines 'refused' say why",
                   missing ? "\ntheir logs are in slurm/ of the run's folder; what is there is kept"
                           : "");
}

int on_slurm_measure(const struct on_slurm *options, const char *dir, struct stored_run *stored,
                     bool fresh, const char *programs, struct err *err)
{
    char folder[PATH_MAX], programs_folder[PATH_MAX], self[PATH_MAX];
    struct shown shown = {.terminal = isatty(STDERR_FILENO)};
    struct progress progress = {.live = false};
    const struct measure_observer observer = progress_observer(&progress);
    AUTO(interrupt) struct interrupt interrupt = interrupt_open();
    struct executor_slurm carrier = {
        .heapchurn = self,
        .partition = partition_of(options),
        .copy_back = options->copy_back,
        .hosts = options->hosts > 0 ? options->hosts : 0,
        .limit_s = options->limit_ns > 0 ? options->limit_ns / CLOCK_NS_PER_S : 0,
        .options = options->sbatch.words,
        .detach = options->detach,
        .interrupt_fd = interrupt.fd,
        .watch = watch,
        .say = say,
        .context = &shown,
        .bring = {.stored = stored},
    };
    int code = own_path(self, err);
    if (code == 0)
        code = prepare(&carrier, dir, programs, folder, programs_folder, err);
    if (code == 0 && fresh)
        code = run_cells_prepare(dir, &stored->run, programs, err);
    if (code < 0)
        return code;
    const struct executor executor = executor_slurm(&carrier);
    code = measure_missing(&(struct measure){.dir = dir,
                                             .stored = stored,
                                             .as_they_are = true,
                                             .executor = &executor,
                                             .observer = &observer},
                           err);
    clear_line(&shown);
    if (code == -ENODATA)
        code = say_missing(dir, stored, &carrier.bring, err);
    bring_cells_release(&carrier.bring);
    return code;
}
