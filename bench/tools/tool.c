#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command_output.h"
#include "path.h"
#include "registry.h"
#include "scenarios.h"
#include "text.h"

const char *const tool_kind_names[] = {"not freed", "unreachable", NULL};

/* The row after this one; the first of all after none. */
static const struct tool *const *following(const struct tool *after)
{
    const struct tool *const *row = tool_rows;
    while (after && *row != after)
        row++;
    return after ? row + 1 : row;
}

const struct tool *tool_next_with_sites(const struct tool *after)
{
    const struct tool *const *row = following(after);
    while (*row && !(*row)->summary)
        row++;
    return *row;
}

const struct tool *tool_next_with_figures(const struct tool *after, const char *allocator)
{
    const struct tool *const *row = following(after);
    while (*row && (!(*row)->allocator || (*row)->figures == TOOL_NO_FIGURES ||
                    (allocator && strcmp((*row)->allocator, allocator) != 0)))
        row++;
    return *row;
}

bool tool_is_called(const struct tool *tool, const char *name)
{
    return strcmp(tool->name, name) == 0 ||
           (tool->other_name && strcmp(tool->other_name, name) == 0);
}

const struct tool *tool_find(const char *name)
{
    const struct tool *tool = tool_next_with_sites(NULL);
    while (tool && !tool_is_called(tool, name))
        tool = tool_next_with_sites(tool);
    return tool;
}

int tool_named(const char *name, const struct tool **out_tool, struct err *err)
{
    const char *names[64] = {NULL};
    size_t count = 0;
    for (const struct tool *tool = tool_next_with_sites(NULL);
         tool && count + 1 < ARRAY_LENGTH(names); tool = tool_next_with_sites(tool))
        names[count++] = tool->name;
    const struct tool *tool = tool_find(name);
    if (!tool)
        return text_unknown("tool", name, names, "'heapchurn diagnose --list' shows all", -ENOENT,
                            err);
    *out_tool = tool;
    return 0;
}

/* A path, or a name the dynamic linker finds. */
static bool library_exists(const char *name)
{
    const char *folders[] = {
        "/lib",   "/usr/lib",   "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu",
        "/lib64", "/usr/lib64", "/usr/local/lib"};
    if (strchr(name, '/'))
        return access(name, R_OK) == 0;
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        AUTO_FREE char *path = path_join(folders[i], "%s", name);
        if (access(path, R_OK) == 0)
            return true;
    }
    return false;
}

static bool build_exists(const char *programs, const char *build)
{
    AUTO_FREE char *path = path_join(programs, "%s", build);
    return access(path, X_OK) == 0;
}

int tool_available(const struct tool *tool, const char *allocator, const char *programs,
                   struct err *err)
{
    const char *missing = NULL;
    const char *build = tool->program_suffix ? tool->program_suffix : tool->allocator;
    const char *then = "";
    char program[64];
    (void)snprintf(program, sizeof program, "%s-%s", scenario_probe.subject, build ? build : "");
    if (programs && build && !build_exists(programs, program)) {
        missing = program;
        then = ", and build again";
    }
    if (!programs && tool->elsewhere && !library_exists(tool->elsewhere))
        missing = tool->elsewhere;
    if (tool->needs_program && !command_exists(tool->needs_program))
        missing = tool->needs_program;
    if (tool->needs_library && !library_exists(tool->needs_library))
        missing = tool->needs_library;
    if (missing)
        return err_set(err, -ENOENT, "%s is not available: %s was not found; %s%s", tool->name,
                       missing, tool->package, then);
    if (tool->allocator && !tool->program_suffix && allocator &&
        strcmp(tool->allocator, allocator) != 0)
        return err_set(err, -ENOENT, "%s belongs to %s and tells nothing about %s", tool->name,
                       tool->allocator, allocator);
    return 0;
}

const char *tool_runs_on(const struct tool *tool, const char *allocator, const char *programs)
{
    if (tool->program_suffix)
        return tool->allocator;
    char program[64];
    (void)snprintf(program, sizeof program, "%s-glibc", scenario_probe.subject);
    return tool->on_glibc && build_exists(programs, program) ? "glibc" : allocator;
}

const char *tool_by_version(const struct tool *tool, const char *allocator)
{
    if (tool->detail)
        return allocator;
    return tool->unavailable ? tool->allocator : NULL;
}

static const char *no_detail(const char *allocator, const char *version)
{
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        if (strcmp(entry->allocator->name, allocator) == 0 && entry->allocator->no_detail)
            return entry->allocator->no_detail(version);
    return NULL;
}

int tool_check_version(const struct tool *tool, const char *allocator, const char *version,
                       struct err *err)
{
    const char *why = tool->detail        ? no_detail(allocator, version)
                      : tool->unavailable ? tool->unavailable(version)
                                          : NULL;
    return why ? err_set(err, -ENOENT, "%s is not available: %s", tool->name, why) : 0;
}
