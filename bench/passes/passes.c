#include "passes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry.h"
#include "scenarios.h"
#include "text.h"

#define LEDGER "ledger"

/* One pass to be carried out. */
struct errand {
    const struct workload *workload;
    const struct trial_row *row;
    const struct allocator *allocator;
    const struct record_role *subject; /* as it was measured */
    const struct allocator_tool *tool; /* NULL: the ledger, or nothing to run */
    const char *name;
};

struct errands {
    const struct passes *passes;
    struct errand *step; /* NULL: only counting */
    size_t count;
};

static const struct allocator *find_allocator(const char *name)
{
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        if (strcmp(entry->allocator->name, name) == 0)
            return entry->allocator;
    return NULL;
}

static bool is_stored(const struct passes *passes, const struct errand *step)
{
    for (size_t i = 0; i < passes->stored_count; i++) {
        const struct pass *pass = &passes->stored[i];
        if (strcmp(pass->workload, step->workload->name) == 0 &&
            strcmp(pass->row, step->row->name) == 0 && strcmp(pass->tool, step->name) == 0)
            return true;
    }
    return false;
}

/* The subject of a valid trial of this row and workload, or NULL. */
static const struct record_role *measured(const struct passes *passes, const char *workload,
                                          const char *row)
{
    for (size_t i = 0; i < passes->record_count; i++) {
        const struct record *record = &passes->records[i];
        if (record->outcome == RECORD_VALID && strcmp(record->row, row) == 0 &&
            strcmp(record->workload, workload) == 0)
            return record_primary(record);
    }
    return NULL;
}

static void add(struct errands *steps, const struct errand *step)
{
    if (is_stored(steps->passes, step))
        return;
    if (steps->step)
        steps->step[steps->count] = *step;
    steps->count++;
}

static bool wanted(const struct passes *passes, const struct allocator_tool *tool)
{
    for (size_t i = 0; i < passes->leak_tool_count; i++)
        if (strcmp(passes->leak_tools[i], tool->name) == 0)
            return true;
    return passes->leak_tool_count == 0 && tool->by_default;
}

/* Leak tools, then the ledger. An allocator without tools has one step that says so. */
static void add_row(struct errands *steps, struct errand step)
{
    step.allocator = find_allocator(step.row->allocator);
    step.subject = measured(steps->passes, step.workload->name, step.row->name);
    if (!step.allocator || !step.subject)
        return; /* what does not come through a plain trial does not under a tool */
    const struct scenario *scenario = scenario_find(step.workload->load);
    bool foreign = scenario && scenario->foreign;
    for (const struct allocator_tool *tool = step.allocator->tools; tool && tool->name; tool++) {
        step.tool = tool;
        step.name = tool->name;
        if (wanted(steps->passes, tool) && !foreign)
            add(steps, &step);
    }
    step.tool = NULL;
    step.name = "none";
    if (!step.allocator->tools && !foreign)
        add(steps, &step);
    step.name = LEDGER;
    add(steps, &step);
}

static void add_all(struct errands *steps)
{
    const struct passes *passes = steps->passes;
    for (size_t w = 0; w < passes->workload_count; w++)
        for (size_t r = 0; r < passes->row_count; r++)
            add_row(steps,
                    (struct errand){.workload = &passes->workloads[w], .row = &passes->rows[r]});
}

static int perform(const struct passes *passes, const struct errand *step, struct pass *pass,
                   struct err *err)
{
    char folder[4096];
    pass->workload = strdup(step->workload->name);
    pass->row = strdup(step->row->name);
    pass->tool = strdup(step->name);
    if (step->subject->version)
        pass->version = strdup(step->subject->version);
    bool is_ledger = strcmp(step->name, LEDGER) == 0;
    if (!step->tool && !is_ledger) {
        pass->unavailable = strdup(step->allocator->no_tools);
        return 0;
    }
    if (is_ledger && step->allocator->no_ledger) {
        pass->kind = PASS_LEDGER;
        pass->unavailable = strdup(step->allocator->no_ledger);
        return 0;
    }
    int code = passes->folder(passes->context, pass, folder, sizeof folder, err);
    if (code < 0)
        return code;
    const struct pass_request request = {
        .workload = step->workload,
        .row = step->row,
        .allocator = step->allocator,
        .tool = step->tool,
        .whole = is_ledger && step->subject->unavailable[STAT_LIVE],
        .programs = passes->programs,
        .libraries = passes->libraries,
        .folder = folder,
        .pins = passes->pins,
        .interrupt_fd = passes->interrupt_fd,
    };
    return passes->perform(passes->context, &request, pass, err);
}

int passes_run(const struct passes *passes, struct err *err)
{
    struct errands counted = {.passes = passes};
    add_all(&counted);
    AUTO_FREE struct errand *step = calloc(counted.count + 1, sizeof *step);
    if (!step)
        return err_set(err, -ENOMEM, "out of memory");
    struct errands steps = {.passes = passes, .step = step};
    add_all(&steps);
    for (size_t i = 0; i < steps.count; i++) {
        AUTO(pass) struct pass pass;
        pass_init(&pass);
        int code = perform(passes, &step[i], &pass, err);
        if (code == 0)
            code = passes->sink(passes->context, &pass, err);
        if (code < 0)
            return code;
        if (passes->finished)
            passes->finished(passes->context, i + 1, steps.count, &pass);
    }
    return 0;
}

int passes_check_tool(const char *name, struct err *err)
{
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX + 1] = {NULL};
    size_t count = 0;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        for (const struct allocator_tool *tool = entry->allocator->tools; tool && tool->name;
             tool++) {
            if (strcmp(tool->name, name) == 0)
                return 0;
            if (count < NAMES_MAX)
                names[count++] = tool->name;
        }
    return text_unknown("leak tool", name, names, "'heapchurn calibrate' shows all", -ENOENT, err);
}
