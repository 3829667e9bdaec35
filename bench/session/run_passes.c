#include "run_passes.h"

#include "passes.h"
#include "store.h"

static int on_folder(void *context, const struct pass *pass, char *out, size_t size,
                     struct err *err)
{
    return store_pass_dir(((const struct measure *)context)->dir, pass->workload, pass->row,
                          pass->tool, out, size, err);
}

static int on_pass(void *context, const struct pass *pass, struct err *err)
{
    return store_append_pass(((const struct measure *)context)->dir, pass, err);
}

static void on_finished(void *context, size_t number, size_t count, const struct pass *pass)
{
    const struct measure_observer *observer = ((const struct measure *)context)->observer;
    observer->pass_finished(observer->context, number, count, pass);
}

int run_passes(const struct measure *measure, const struct runner *runner, struct err *err)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    int code = store_load(measure->dir, &stored, err);
    if (code < 0)
        return code;
    const union {
        const struct measure *in;
        void *out;
    } context = {.in = measure};
    const struct passes passes = {
        .workloads = runner->workloads,
        .workload_count = stored.run.workload_count,
        .rows = runner->rows,
        .row_count = stored.run.row_count,
        .records = stored.records,
        .record_count = stored.record_count,
        .stored = stored.passes,
        .stored_count = stored.pass_count,
        .leak_tools = measure->leak_tools,
        .leak_tool_count = measure->leak_tool_count,
        .programs = runner->programs,
        .pins = runner->pins,
        .interrupt_fd = runner->interrupt_fd,
        .folder = on_folder,
        .sink = on_pass,
        .finished = on_finished,
        .context = context.out,
    };
    return passes_run(&passes, err);
}
