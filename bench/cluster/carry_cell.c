#include "carry_cell.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "builds.h"
#include "cell_folder.h"
#include "folder.h"
#include "lock.h"
#include "machine.h"
#include "path.h"
#include "paths.h"
#include "pins.h"
#include "text.h"

enum { CLOCK_OFF_S = 60 }; /* by which a clock may differ from another */

/* This host, and the run that is to be carried out on it. */
struct carrying {
    const struct carry_cell *with;
    int64_t number;
    const char *programs;
    struct host here;
    struct run run;
};

static void carrying_release(struct carrying *carrying)
{
    host_release(&carrying->here);
    run_release(&carrying->run);
}
DEFINE_AUTO(carrying, carrying_release)

static int check_asked(const struct carrying *carrying, struct err *err)
{
    const struct run *run = &carrying->run;
    const char *dir = carrying->with->dir;
    int64_t cells = run->blocks * (int64_t)run->workload_count;
    if (carrying->number < 1 || carrying->number > cells)
        return err_set(err, -ERANGE, "%s has cells 1 to %" PRId64 ", and none with number %" PRId64,
                       dir, cells, carrying->number);
    if (cell_folder_is_whole(dir, carrying->number))
        return err_set(err, -EEXIST,
                       "cell %" PRId64 " is there already, %s/cells/%04" PRId64 "; it is kept, and "
                       "nothing was measured",
                       carrying->number, dir, carrying->number);
    int64_t first = (carrying->number - 1) * (int64_t)run->row_count + 1;
    AUTO_FREE char *trials = path_join(dir, "trials");
    AUTO_FREE char *pattern = path_join("", "%04" PRId64 "-*", first);
    AUTO(folder_files) struct folder_files found = {.count = 0};
    int code = access(trials, F_OK) < 0 ? 0 : folder_match(trials, pattern + 1, &found, err);
    return code < 0 || found.count == 0
               ? code
               : err_set(err, -EEXIST,
                         "cell %" PRId64 " was collected already; nothing was measured",
                         carrying->number);
}

static int describe(struct carrying *carrying, struct err *err)
{
    char pinning[PINS_TEXT_MAX];
    host_describe(&carrying->here);
    (void)pins_choose(pinning, sizeof pinning);
    carrying->here.pinning = text_own(pinning);
    if (carrying->with->node) {
        free(carrying->here.name);
        carrying->here.name = text_own(carrying->with->node);
    }
    const char *name = carrying->here.name;
    if (*name == '\0' || *name == '.' || strchr(name, '/') || strchr(name, '\n'))
        return err_set(err, -EINVAL, "a host cannot be called '%s'", name);
    return 0;
}

static int check_fit(const struct carrying *carrying, struct err *err)
{
    struct machine machine;
    const struct run *run = &carrying->run;
    AUTO_FREE const char **allocators = calloc(run->row_count + 1, sizeof *allocators);
    if (!allocators)
        return err_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < run->row_count; i++)
        allocators[i] = run->rows[i].allocator;
    machine_read(carrying->programs, allocators, &machine);
    for (const struct machine_check *check = machine_checks; check->name; check++) {
        struct machine_finding finding = {.state = MACHINE_OK};
        check->judge(&machine, &finding);
        if (finding.state == MACHINE_UNFIT)
            return err_set(err, -EPERM, "this host is unfit to measure: %s: %s%s%s", check->name,
                           finding.sentence, finding.remedy ? "; " : "",
                           finding.remedy ? finding.remedy : "");
    }
    return 0;
}

/* What is measured here must be what was planned. */
static int check_kind(struct carrying *carrying, struct err *err)
{
    const struct host *planned = &carrying->run.host;
    int code = builds_read(&carrying->run, carrying->programs, &carrying->here.builds, err);
    if (code < 0)
        return code;
    struct host builds_only = carrying->here; /* where it was planned need not be where it runs */
    builds_only.machine = planned->machine;
    builds_only.page_bytes = planned->page_bytes;
    builds_only.thp = planned->thp;
    builds_only.aslr = planned->aslr;
    AUTO_FREE char *differences = host_kind_differences(planned, &builds_only);
    return differences ? err_set(err, -EXDEV,
                                 "this host has other builds than the run was planned with: %s; "
                                 "install the same there",
                                 differences)
                       : 0;
}

static int clock_differs(int64_t seconds, const char *whose, struct err *err)
{
    return err_set(err, -ETIME,
                   "this host's clock is %" PRId64 " s %s that of %s; set the clocks right: dates "
                   "of trials would not say what came first",
                   seconds < 0 ? -seconds : seconds, seconds < 0 ? "behind" : "ahead of", whose);
}

/* Against the disk the run lies on, which may be a server's, and against who planned it. */
static int check_clock(const struct carrying *carrying, const char *folder, struct err *err)
{
    struct tm planned = {.tm_year = 0};
    struct stat status;
    AUTO_FREE char *probe = path_join(folder, "clock");
    AUTO_FCLOSE FILE *file = fopen(probe, "we");
    if (!file || fstat(fileno(file), &status) < 0)
        return err_set(err, -errno, "%s: %s", probe, strerror(errno));
    (void)unlink(probe);
    int64_t now = (int64_t)time(NULL);
    int64_t off = now - (int64_t)status.st_mtim.tv_sec;
    if (off > CLOCK_OFF_S || off < -CLOCK_OFF_S)
        return clock_differs(off, "the disk that holds the run", err);
    const char *text = carrying->run.started_utc;
    if (text && strptime(text, "%Y-%m-%dT%H:%M:%SZ", &planned) &&
        now < (int64_t)timegm(&planned) - CLOCK_OFF_S)
        return clock_differs(now - (int64_t)timegm(&planned), "the host where it was planned", err);
    return 0;
}

/* Is what was begun here of this plan and of this host, as it is now? */
static bool goes_on(const struct carrying *carrying, const char *begun, struct stored_run *stored)
{
    struct host_difference differences[HOST_DIFFERENCES_MAX];
    if (store_load(begun, stored, NULL) < 0)
        return false;
    const char *plan = carrying->run.plan, *begun_of = stored->run.plan;
    bool same = plan && begun_of && strcmp(plan, begun_of) == 0 &&
                host_differences(&stored->run.host, &carrying->here, differences) == 0;
    if (!same)
        stored_run_release(stored);
    return same;
}

/* The run with this host alone, as it is stored where the cell is begun. */
static int open_begun(struct carrying *carrying, const char *begun, struct stored_run *out,
                      struct err *err)
{
    if (goes_on(carrying, begun, out))
        return 0;
    int code = folder_empty(begun, err);
    if (code < 0)
        return code;
    struct run alone = carrying->run;
    alone.host = carrying->here; /* lent until it is written */
    alone.more_host_count = 0;
    code = store_create(begun, &alone, err);
    return code < 0 ? code : store_load(begun, out, err);
}

static size_t count_words(char *const *words)
{
    size_t count = 0;
    while (words && words[count])
        count++;
    return count;
}

static int measure_cell(struct carrying *carrying, const char *begun, struct err *err)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    int code = open_begun(carrying, begun, &stored, err);
    if (code < 0)
        return code;
    const struct run *run = &carrying->run;
    const struct plan_cell cell = plan_cell_of(carrying->number, run->workload_count);
    return measure_missing(
        &(struct measure){.dir = begun,
                          .only = cell,
                          .stored = &stored,
                          .programs = carrying->programs,
                          .passes = cell.block == 1 && !run->no_passes,
                          .leak_tools = (const char *const *)stored.run.leak_tools,
                          .leak_tool_count = count_words(stored.run.leak_tools),
                          .here = &carrying->here,
                          .observer = carrying->with->observer},
        err);
}

static int carry(struct carrying *carrying, struct err *err)
{
    const char *dir = carrying->with->dir;
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT;
    AUTO_FREE char *begun = cell_folder_begun(dir, carrying->number, carrying->here.name);
    int code = check_fit(carrying, err);
    if (code == 0)
        code = check_kind(carrying, err);
    if (code == 0)
        code = folder_make(begun, err);
    if (code == 0)
        code = store_lock(begun, &lock, err);
    if (code == 0)
        code = check_clock(carrying, begun, err);
    if (code == 0)
        code = measure_cell(carrying, begun, err);
    return code < 0 ? code : cell_folder_finish(dir, carrying->number, carrying->here.name, err);
}

int carry_cell(const struct carry_cell *with, int64_t number, struct err *err)
{
    AUTO(carrying) struct carrying carrying = {.with = with, .number = number};
    char beside[PATHS_MAX];
    int code = with->programs ? 0 : paths_programs(beside, err);
    carrying.programs = with->programs ? with->programs : beside;
    if (code == 0)
        code = store_load_run(with->dir, &carrying.run, err);
    if (code == 0 && !carrying.run.plan)
        code = err_set(err, -EINVAL, "%s was stored before runs had cells; begin a new one",
                       with->dir);
    if (code == 0)
        code = check_asked(&carrying, err);
    if (code == 0)
        code = describe(&carrying, err);
    if (code < 0)
        return code;
    AUTO_FREE char *cells = path_join(with->dir, "cells");
    code = folder_make(cells, err);
    if (code < 0)
        return code;
    struct err why = ERR_INIT;
    code = carry(&carrying, &why);
    if (code == -EINTR && !*why.text)
        (void)err_set(&why, code, "interrupted; what was measured is kept, and goes on here");
    if (code == 0)
        return 0;
    if (code != -EEXIST && code != -EBUSY) /* another has it, or had */
        cell_folder_fail(with->dir, number, carrying.here.name, why.text);
    return err_set(err, code, "cell %" PRId64 ": %s", number, why.text);
}
