#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command_output.h"
#include "pass_tool.h"
#include "path.h"
#include "registry.h"
#include "scenarios.h"
#include "text.h"

const struct diagnose_tool *diagnose_tool_find(const char *name)
{
    for (size_t i = 0; diagnose_tools[i]; i++)
        if (strcmp(diagnose_tools[i]->name, name) == 0)
            return diagnose_tools[i];
    return NULL;
}

int diagnose_tool_named(const char *name, const struct diagnose_tool **out_tool, struct err *err)
{
    const char *names[64] = {NULL};
    for (size_t i = 0; diagnose_tools[i] && i + 1 < ARRAY_LENGTH(names); i++)
        names[i] = diagnose_tools[i]->name;
    const struct diagnose_tool *tool = diagnose_tool_find(name);
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

int diagnose_tool_available(const struct diagnose_tool *tool, const char *allocator,
                            const char *programs, struct err *err)
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

const char *diagnose_tool_allocator(const struct diagnose_tool *tool, const char *allocator,
                                    const char *programs)
{
    if (tool->program_suffix)
        return tool->allocator;
    char program[64];
    (void)snprintf(program, sizeof program, "%s-glibc", scenario_probe.subject);
    return tool->on_glibc && build_exists(programs, program) ? "glibc" : allocator;
}

const struct allocator_tool *diagnose_tool_settings(const struct diagnose_tool *tool)
{
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        const struct allocator_tool *own = entry->allocator->tools;
        if (!tool->own_tool || strcmp(entry->allocator->name, tool->allocator) != 0)
            continue;
        for (; own && own->name; own++)
            if (strcmp(own->name, tool->own_tool) == 0)
                return own;
    }
    return &tool->settings;
}

const char *diagnose_tool_by_version(const struct diagnose_tool *tool, const char *allocator)
{
    if (tool->detail)
        return allocator;
    return diagnose_tool_settings(tool)->unavailable ? tool->allocator : NULL;
}

static const char *no_detail(const char *allocator, const char *version)
{
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        if (strcmp(entry->allocator->name, allocator) == 0 && entry->allocator->no_detail)
            return entry->allocator->no_detail(version);
    return NULL;
}

int diagnose_tool_check_version(const struct diagnose_tool *tool, const char *allocator,
                                const char *version, struct err *err)
{
    const struct allocator_tool *settings = diagnose_tool_settings(tool);
    const char *why = tool->detail            ? no_detail(allocator, version)
                      : settings->unavailable ? settings->unavailable(version)
                                              : NULL;
    return why ? err_set(err, -ENOENT, "%s is not available: %s", tool->name, why) : 0;
}

static bool names_folder(const char *const *words)
{
    for (; words && *words; words++)
        if (strchr(*words, '%'))
            return true;
    return false;
}

int diagnose_tool_check_folder(const struct diagnose_tool *tool, const char *folder,
                               struct err *err)
{
    struct allocator_tool settings = *diagnose_tool_settings(tool);
    settings.name = tool->name;
    return pass_folder_check(&settings, folder, err);
}

bool diagnose_tool_writes(const struct diagnose_tool *tool)
{
    return names_folder(tool->prefix) || names_folder(diagnose_tool_settings(tool)->environment);
}
