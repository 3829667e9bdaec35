#include "run_passes.h"

#include "passes.h"
#include "paths.h"
#include "store.h"

static int on_perform(void *context, const struct pass_request *request, struct pass *pass,
                      struct err *err)
{
    const struct executor *executor = ((const struct run_passes *)context)->executor;
    return executor->pass(executor->state, request, pass, err);
}

static int on_folder(void *context, const struct pass *pass, char *out, size_t size,
                     struct err *err)
{
    return store_pass_dir(((const struct run_passes *)context)->dir, pass->workload, pass->row,
                          pass->tool, out, size, err);
}

static int on_pass(void *context, const struct pass *pass, struct err *err)
{
    return store_append_pass(((const struct run_passes *)context)->dir, pass, err);
}

static void on_finished(void *context, size_t number, size_t count, const struct pass *pass)
{
    const struct run_passes *with = context;
    with->finished(with->context, number, count, pass);
}

int run_passes(const struct run_passes *with, struct err *err)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    char libraries[PATHS_MAX] = ""; /* where no program is started, none is preloaded */
    int code = with->programs ? paths_libraries(with->programs, libraries, err) : 0;
    if (code == 0)
        code = store_load(with->dir, &stored, err);
    if (code < 0)
        return code;
    struct run_passes passing = *with;
    const struct passes passes = {
        .workloads = stored.run.workloads,
        .workload_count = stored.run.workload_count,
        .rows = with->rows,
        .row_count = stored.run.row_count,
        .records = stored.records,
        .record_count = stored.record_count,
        .stored = stored.passes,
        .stored_count = stored.pass_count,
        .leak_tools = with->leak_tools,
        .leak_tool_count = with->leak_tool_count,
        .programs = with->programs,
        .libraries = libraries,
        .pins = with->pins,
        .interrupt_fd = with->interrupt_fd,
        .perform = on_perform,
        .folder = on_folder,
        .sink = on_pass,
        .finished = on_finished,
        .context = &passing,
    };
    return passes_run(&passes, err);
}
