#include "run_passes.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "passes.h"
#include "store.h"
#include "units.h"

static int on_folder(void *context, const struct pass *pass, char *out, size_t size,
                     struct err *err)
{
    return store_pass_dir(context, pass->workload, pass->row, pass->tool, out, size, err);
}

static int on_pass(void *context, const struct pass *pass, struct err *err)
{
    return store_append_pass(context, pass, err);
}

/* "[pass 3/22] discovery jemalloc prof_leak: 0 blocks not freed, 1.2 s" */
static void on_finished(void *context, size_t number, size_t count, const struct pass *pass)
{
    char text[64];
    (void)context;
    (void)fprintf(stderr, "[pass %zu/%zu] %s %s %s: ", number, count, pass->workload, pass->row,
                  pass->tool);
    if (pass->unavailable)
        (void)fprintf(stderr, "not available: %s\n", pass->unavailable);
    else if (pass->kind == PASS_LEDGER)
        (void)fprintf(stderr, "%s live when quiet",
                      units_format_bytes((double)pass->live_bytes, text, sizeof text));
    else
        (void)fprintf(stderr, "%" PRId64 " blocks %s", pass->blocks, pass_kind_names[pass->kind]);
    if (!pass->unavailable)
        (void)fprintf(stderr, ", %s\n",
                      units_format_duration(pass->elapsed_ns / CLOCK_NS_PER_MS * CLOCK_NS_PER_MS,
                                            text, sizeof text));
}

int run_passes(const char *dir, const struct runner *runner, const struct leak_tools *leak_tools,
               struct err *err)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    int code = store_load(dir, &stored, err);
    if (code < 0)
        return code;
    const union {
        const char *in;
        void *out;
    } folder = {.in = dir};
    const struct passes passes = {
        .workloads = runner->workloads,
        .workload_count = stored.run.workload_count,
        .rows = runner->rows,
        .row_count = stored.run.row_count,
        .records = stored.records,
        .record_count = stored.record_count,
        .stored = stored.passes,
        .stored_count = stored.pass_count,
        .leak_tools = leak_tools->names,
        .leak_tool_count = leak_tools->count,
        .programs = runner->programs,
        .pins = runner->pins,
        .interrupt_fd = runner->interrupt_fd,
        .folder = on_folder,
        .sink = on_pass,
        .finished = on_finished,
        .context = folder.out,
    };
    return passes_run(&passes, err);
}
