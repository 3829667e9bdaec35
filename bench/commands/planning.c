#include "planning.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "folder.h"
#include "measure.h"
#include "passes.h"
#include "paths.h"
#include "results_folder.h"
#include "run_request.h"
#include "temporary.h"

enum { TEXT_SIZE = 4096 };

/* "discovery+leak" */
static void name_of(const struct run *run, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < run->workload_count && used < size; i++)
        used +=
            (size_t)snprintf(out + used, size - used, "%s%s", i ? "+" : "", run->workloads[i].name);
}

/* The workloads, or the one that the command line describes, written to `folder`. */
static int name_workloads(const struct planning *planning, const char *folder, char *path,
                          size_t size, struct run_request *request, struct err *err)
{
    char name[64];
    if (!own_program_given(&planning->own))
        return 0;
    if (planning->workloads.count > 0)
        return err_set(err, -EINVAL,
                       "-w names workloads, and '--' a program of your own: take one of them");
    if (planning->own.command.count > 0 || planning->own.builds.count > 0)
        (void)snprintf(path, size, "%s/%s.yaml", folder,
                       own_program_name(&planning->own, name, sizeof name));
    int code = own_program_write(&planning->own, path, err);
    if (code == 0 && planning->own.save)
        code = own_program_write(&planning->own, planning->own.save, err);
    request->workload_count = 1;
    return code;
}

/* Traces are workloads that are written here and read at once. */
static int resolve_traces(const struct own_trace *traces, const char *folder,
                          struct run_request *request, struct run *run, char *skipped,
                          size_t skipped_size, struct err *err)
{
    char paths[OWN_TRACES_MAX][PATHS_MAX];
    const char *names[OWN_TRACES_MAX];
    int code = own_trace_write(traces, folder, paths, err);
    for (size_t i = 0; i < OWN_TRACES_MAX; i++)
        names[i] = paths[i];
    request->workload_names = names;
    request->workload_count = traces->files.count;
    if (code == 0)
        code = run_request_resolve(request, run, skipped, skipped_size, err);
    for (size_t i = 0; code == 0 && i < run->workload_count; i++) {
        free(run->workloads[i].path);
        run->workloads[i].path = strdup(run->workloads[i].trace.file);
    }
    return code;
}

/* Rows and workloads by name. Commands of a program on the command line are of this folder. */
static int resolve(const struct planning *planning, struct run_request *request, struct run *run,
                   char *skipped, size_t skipped_size, struct err *err)
{
    char folder[PATHS_MAX];
    char path[2 * PATHS_MAX] = "";
    const char *const names[] = {path};
    if (temporary_open("run", folder, sizeof folder, err) < 0)
        return -EIO; /* whatever it is, it is no misuse */
    int code = 0;
    if (planning->traces)
        code = resolve_traces(planning->traces, folder, request, run, skipped, skipped_size, err);
    else
        code = name_workloads(planning, folder, path, sizeof path, request, err);
    if (code == 0 && *path)
        request->workload_names = names;
    if (code == 0 && !planning->traces)
        code = run_request_resolve(request, run, skipped, skipped_size, err);
    request->workload_names = NULL; /* they may be of here */
    temporary_remove(folder);
    if (code == 0 && *path) {
        free(run->workloads[0].path);
        run->workloads[0].path = strdup("./(the command line)");
    }
    return code;
}

int planning_check(const struct planning *planning, struct err *err)
{
    for (size_t i = 0; i < planning->leak_tools.count; i++) {
        int code = passes_check_tool(planning->leak_tools.words[i], err);
        if (code < 0)
            return code;
    }
    return 0;
}

int planning_exit(int code)
{
    return code == -ENOENT || code == -EINVAL || code == -EEXIST ? EXIT_USAGE : EXIT_UNMEASURED;
}

int planning_resolve(const struct planning *planning, const char *line, struct run *out,
                     struct err *err)
{
    AUTO(run) struct run run = {.blocks = 0};
    char skipped[TEXT_SIZE];
    struct run_request request = {
        .workload_names = planning->workloads.words,
        .workload_count = planning->workloads.count,
        .row_names = planning->rows.words,
        .row_count = planning->rows.count,
        .blocks = planning->blocks,
        .quick = planning->quick,
        .seed = (uint64_t)(planning->seed < 0 ? clock_now_ns() : planning->seed),
        .sample_period_ns = planning->sample_period_ns,
        .no_aslr = planning->no_aslr,
        .no_passes = planning->no_passes,
        .leak_tools = planning->leak_tools.words,
        .leak_tool_count = planning->leak_tools.count,
        .command = line,
    };
    int code = resolve(planning, &request, &run, skipped, sizeof skipped, err);
    if (code < 0)
        return code;
    (void)fputs(skipped, stderr);
    code = measure_check_programs(&run, planning->programs, err);
    if (code < 0)
        return code;
    *out = run;
    run = (struct run){.blocks = 0};
    return 0;
}

static int fill_folder(const char *dir, struct store_lock *lock, struct stored_run *stored,
                       struct err *err)
{
    int code = store_lock(dir, lock, err);
    if (code == 0)
        code = store_create(dir, &stored->run, err);
    return code < 0 ? code : measure_keep(dir, &stored->run, err);
}

int planning_open(const struct planning *planning, const char *line, char *dir, size_t size,
                  struct store_lock *lock, struct stored_run *stored, struct err *err)
{
    char name[PATHS_MAX / 2] = "";
    int code = planning_resolve(planning, line, &stored->run, err);
    if (code < 0)
        return code;
    name_of(&stored->run, name, sizeof name);
    (void)snprintf(dir, size, "%s", planning->output ? planning->output : "");
    code = planning->output ? folder_make(dir, err) : results_folder_make(name, dir, size, err);
    if (code < 0)
        return code;
    code = fill_folder(dir, lock, stored, err);
    if (code < 0)
        planning_forget(planning, dir, err);
    return code;
}

void planning_forget(const struct planning *planning, const char *dir, const struct err *err)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    struct err unheard = ERR_INIT;
    if (planning->output || strstr(err->text, dir) || store_load(dir, &stored, &unheard) < 0 ||
        stored.record_count > 0)
        return;
    results_folder_forget(dir);
}
