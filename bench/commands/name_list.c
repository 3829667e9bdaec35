#include "name_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "completion.h"
#include "diagnose.h"
#include "exporter.h"
#include "options.h"
#include "passes.h"
#include "paths.h"
#include "registry.h"
#include "row_files.h"
#include "scenarios.h"
#include "spec.h"
#include "text.h"

/* What is there on this machine. */
static int print_rows(FILE *out, struct err *err)
{
    (void)err;
    (void)fputs("all\n", out);
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        for (const struct allocator_variant *variant = entry->allocator->variants;
             !entry->unavailable && variant->suffix; variant++) {
            char name[ALLOCATOR_ROW_NAME_MAX];
            const struct allocator_row row = {.entry = entry, .variant = variant};
            (void)fprintf(out, "%s\n", allocator_row_name(&row, name, sizeof name));
        }
    AUTO(row_files) struct row_files files = {.path = NULL};
    row_files_list(&files);
    for (size_t i = 0; i < files.count; i++) {
        AUTO_FREE char *name = row_files_name(files.path[i]);
        (void)fprintf(out, "%s\n", name);
    }
    return 0;
}

static int print_workloads(FILE *out, struct err *err)
{
    char folder[PATHS_MAX];
    struct workload *workloads = NULL;
    size_t count = 0;
    int code = paths_workloads(folder, err);
    if (code == 0)
        code = spec_list(folder, scenario_loads(), &workloads, &count, err);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(out, "%s\n", workloads[i].name);
        workload_release(&workloads[i]);
    }
    free(workloads);
    return code;
}

static int print_allocators(FILE *out, struct err *err)
{
    (void)err;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        (void)fprintf(out, "%s\n", entry->allocator->name);
    return 0;
}

static int print_formats(FILE *out, struct err *err)
{
    (void)err;
    for (size_t i = 0; exporters[i]; i++)
        (void)fprintf(out, "%s\n", exporters[i]->name);
    return 0;
}

static int print_leak_tools(FILE *out, struct err *err)
{
    (void)err;
    for (const struct tool *tool = tool_next_with_figures(NULL, NULL); tool;
         tool = tool_next_with_figures(tool, NULL))
        (void)fprintf(out, "%s\n", tool->name);
    return 0;
}

static int print_tools(FILE *out, struct err *err)
{
    (void)err;
    for (const struct tool *tool = tool_next_with_sites(NULL); tool;
         tool = tool_next_with_sites(tool))
        (void)fprintf(out, "%s\n", tool->name);
    return 0;
}

static int print_shells(FILE *out, struct err *err)
{
    (void)err;
    for (const struct completion_shell *shell = completion_shells; shell->name; shell++)
        (void)fprintf(out, "%s\n", shell->name);
    return 0;
}

static int print_names(FILE *out, struct err *err)
{
    (void)err;
    for (size_t i = 0; i < COMPLETIONS; i++)
        if (option_names[i])
            (void)fprintf(out, "%s\n", option_names[i]);
    return 0;
}

static int (*const printers[COMPLETIONS])(FILE *out, struct err *err) = {
    [COMPLETE_ROWS] = print_rows,
    [COMPLETE_WORKLOADS] = print_workloads,
    [COMPLETE_ALLOCATORS] = print_allocators,
    [COMPLETE_FORMATS] = print_formats,
    [COMPLETE_LEAK_TOOLS] = print_leak_tools,
    [COMPLETE_TOOLS] = print_tools,
    [COMPLETE_SHELLS] = print_shells,
    [COMPLETE_NAMES] = print_names,
};

int name_list_print(const char *kind, FILE *out, struct err *err)
{
    const char *kinds[COMPLETIONS + 1] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < COMPLETIONS; i++) {
        if (!option_names[i] || !printers[i])
            continue;
        if (strcmp(option_names[i], kind) == 0)
            return printers[i](out, err);
        kinds[count++] = option_names[i];
    }
    return text_unknown("kind of name", kind, kinds, "'heapchurn list --names names' lists them",
                        -EINVAL, err);
}
