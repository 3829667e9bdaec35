#include "under_tool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "pass_tool.h"

/* The words of both, one after the other. */
static char **join(char *const *prefix, char *const *command)
{
    size_t words = 0;
    size_t count = 0;
    while (prefix[words])
        words++;
    while (command[count])
        count++;
    char **argv = calloc(words + count + 1, sizeof *argv);
    if (!argv)
        abort();
    (void)memcpy(argv, prefix, words * sizeof *argv);
    (void)memcpy(argv + words, command, count * sizeof *argv);
    return argv;
}

int under_tool_find(const char *name, char *const *command, const struct diagnose_tool **out,
                    struct err *err)
{
    const struct diagnose_tool *tool = NULL;
    if (!*command)
        return err_set(err, -EINVAL, "no command to run under %s", name);
    int code = diagnose_tool_named(name, &tool, err);
    if (code == 0)
        code = diagnose_tool_available(tool, NULL, NULL, err);
    if (code < 0)
        return code;
    if (tool->detail || (!tool->elsewhere && (tool->program_suffix || tool->allocator)))
        return err_set(err, -EINVAL, "%s is for the programs of this project alone", tool->name);
    *out = tool;
    return 0;
}

int under_tool_folder(const struct diagnose_tool *tool, const char *output, char out[PATHS_MAX],
                      struct err *err)
{
    char own[PATHS_MAX];
    out[0] = '\0';
    if (!diagnose_tool_writes(tool))
        return 0;
    (void)snprintf(own, sizeof own, "%s.%d", tool->name, (int)getpid());
    return folder_make_absolute(output ? output : own, out, err);
}

int under_tool_become(const struct diagnose_tool *tool, const char *folder, char *const *command,
                      struct err *err)
{
    char **prefix = tool_words_fill(tool->prefix, &(struct tool_words){.folder = folder});
    if (tool->elsewhere)
        (void)setenv("LD_PRELOAD", tool->elsewhere, 1);
    for (char **setting = pass_environment(diagnose_tool_settings(tool), NULL, folder); *setting;
         setting++)
        (void)putenv(*setting);
    char **argv = join(prefix, command);
    if (!argv[0])
        return err_set(err, -EINVAL, "no command to run under %s", tool->name);
    (void)signal(SIGXFSZ, SIG_DFL);
    (void)execvp(argv[0], argv);
    return err_set(err, -errno, "%s: %s", argv[0], strerror(errno));
}
