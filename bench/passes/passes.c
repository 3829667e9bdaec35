#include "passes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry.h"
#include "scenarios.h"
#include "text.h"
#include "tool.h"

#define LEDGER "ledger"

/* One pass to be carried out. */
struct errand {
    const struct workload *workload;
    const struct trial_row *row;
    const struct allocator *allocator;
    const struct record_role *subject; /* as it was measured */
    const struct tool *tool;           /* NULL: the ledger, or nothing to run */
    const char *name;
};

struct errands {
    const struct passes *passes;
    struct errand *list; /* NULL: only counting */
    size_t count;
};

static const struct allocator *find_allocator(const char *name)
{
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        if (strcmp(entry->allocator->name, name) == 0)
            return entry->allocator;
    return NULL;
}

static bool is_called(const struct errand *errand, const char *tool)
{
    return errand->tool ? tool_is_called(errand->tool, tool) : strcmp(errand->name, tool) == 0;
}

static bool is_stored(const struct passes *passes, const struct errand *errand)
{
    for (size_t i = 0; i < passes->stored_count; i++) {
        const struct pass *pass = &passes->stored[i];
        if (strcmp(pass->workload, errand->workload->name) == 0 &&
            strcmp(pass->row, errand->row->name) == 0 && is_called(errand, pass->tool))
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

static void add(struct errands *errands, const struct errand *errand)
{
    if (is_stored(errands->passes, errand))
        return;
    if (errands->list)
        errands->list[errands->count] = *errand;
    errands->count++;
}

static bool wanted(const struct passes *passes, const struct tool *tool)
{
    for (size_t i = 0; i < passes->leak_tool_count; i++)
        if (tool_is_called(tool, passes->leak_tools[i]))
            return true;
    return passes->leak_tool_count == 0 && tool->by_default;
}

/* Is a row before this one of the same allocator, and of the same library? The program's calls are
 * the same there: under tools, which slow it down, they are looked at once. */
static bool was_asked(const struct passes *passes, const struct errand *errand)
{
    for (const struct trial_row *row = passes->rows; row != errand->row; row++)
        if (strcmp(row->allocator, errand->row->allocator) == 0 && !row->library &&
            !errand->row->library && measured(passes, errand->workload->name, row->name))
            return true;
    return false;
}

/* Leak tools, then the ledger. An allocator without tools has one errand that says so. */
static void add_row(struct errands *errands, struct errand errand)
{
    const struct passes *passes = errands->passes;
    errand.allocator = find_allocator(errand.row->allocator);
    errand.subject = measured(passes, errand.workload->name, errand.row->name);
    if (!errand.allocator || !errand.subject)
        return; /* what does not come through a plain trial does not under a tool */
    const struct scenario *scenario = scenario_find(errand.workload->load);
    bool foreign = scenario && scenario->foreign;
    bool ends = scenario && scenario->ends; /* before a tool could ask it anything */
    bool asked = foreign && was_asked(passes, &errand);
    const char *whose = errand.allocator->name;
    for (const struct tool *tool = tool_next_with_figures(NULL, whose); tool;
         tool = tool_next_with_figures(tool, whose)) {
        errand.tool = tool;
        errand.name = tool->name;
        if (wanted(passes, tool) && (!foreign || tool->in_programs) && !asked && !ends)
            add(errands, &errand);
    }
    errand.tool = NULL;
    errand.name = "none";
    if (errand.allocator->no_tools && !foreign)
        add(errands, &errand);
    errand.name = LEDGER;
    add(errands, &errand);
}

static void add_all(struct errands *errands)
{
    const struct passes *passes = errands->passes;
    for (size_t w = 0; w < passes->workload_count; w++)
        for (size_t r = 0; r < passes->row_count; r++)
            add_row(errands,
                    (struct errand){.workload = &passes->workloads[w], .row = &passes->rows[r]});
}

static int perform(const struct passes *passes, const struct errand *errand, struct pass *pass,
                   struct err *err)
{
    char folder[4096];
    pass->workload = strdup(errand->workload->name);
    pass->row = strdup(errand->row->name);
    pass->tool = strdup(errand->name);
    if (errand->subject->version)
        pass->version = strdup(errand->subject->version);
    bool is_ledger = strcmp(errand->name, LEDGER) == 0;
    if (!errand->tool && !is_ledger) {
        pass->unavailable = strdup(errand->allocator->no_tools);
        return 0;
    }
    if (is_ledger && errand->allocator->no_ledger) {
        pass->kind = PASS_LEDGER;
        pass->unavailable = strdup(errand->allocator->no_ledger);
        return 0;
    }
    int code = passes->folder(passes->context, pass, folder, sizeof folder, err);
    if (code < 0)
        return code;
    const struct pass_request request = {
        .workload = errand->workload,
        .row = errand->row,
        .allocator = errand->allocator,
        .tool = errand->tool,
        .whole = is_ledger && errand->subject->unavailable[STAT_LIVE],
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
    AUTO_FREE struct errand *list = calloc(counted.count + 1, sizeof *list);
    if (!list)
        return err_set(err, -ENOMEM, "out of memory");
    struct errands errands = {.passes = passes, .list = list};
    add_all(&errands);
    for (size_t i = 0; i < errands.count; i++) {
        AUTO(pass) struct pass pass;
        pass_init(&pass);
        int code = perform(passes, &list[i], &pass, err);
        if (code == 0)
            code = passes->sink(passes->context, &pass, err);
        if (code < 0)
            return code;
        if (passes->finished)
            passes->finished(passes->context, i + 1, errands.count, &pass);
    }
    return 0;
}

int passes_check_tool(const char *name, struct err *err)
{
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX + 1] = {NULL};
    size_t count = 0;
    for (const struct tool *tool = tool_next_with_figures(NULL, NULL); tool;
         tool = tool_next_with_figures(tool, NULL)) {
        if (tool_is_called(tool, name))
            return 0;
        if (count < NAMES_MAX)
            names[count++] = tool->name;
    }
    return text_unknown("leak tool", name, names, "'heapchurn calibrate' shows all", -ENOENT, err);
}
