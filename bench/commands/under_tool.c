#include "under_tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "folder.h"
#include "paths.h"
#include "tool.h"

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

int under_tool_become(const char *tool_name, const char *output, char *const *command,
                      struct err *err)
{
    const struct diagnose_tool *tool = NULL;
    char folder[PATHS_MAX];
    char absolute[PATHS_MAX] = "";
    if (!*command) {
        (void)err_set(err, -EINVAL, "no command to run under %s", tool_name);
        return EXIT_USAGE;
    }
    if (diagnose_tool_named(tool_name, &tool, err) < 0 ||
        diagnose_tool_available(tool, NULL, NULL, err) < 0)
        return EXIT_USAGE;
    if (tool->detail || (!tool->elsewhere && (tool->variant || tool->allocator))) {
        (void)err_set(err, -EINVAL, "%s is for the peer of this project alone", tool->name);
        return EXIT_USAGE;
    }
    (void)snprintf(folder, sizeof folder, "%s.%d", tool->name, (int)getpid());
    if (diagnose_tool_writes(tool)) {
        if (folder_make(output ? output : folder, err) < 0 ||
            !realpath(output ? output : folder, absolute))
            return EXIT_UNMEASURED;
        if (diagnose_tool_check_folder(tool, absolute, err) < 0)
            return EXIT_USAGE;
        (void)fprintf(stderr, "%s writes to %s\n", tool->name, absolute);
    }
    char **prefix = tool_words_fill(tool->prefix, &(struct tool_words){.folder = absolute});
    if (tool->elsewhere)
        (void)setenv("LD_PRELOAD", tool->elsewhere, 1);
    for (char **setting = diagnose_tool_environment(tool, NULL, absolute); *setting; setting++)
        (void)putenv(*setting);
    char **argv = join(prefix, command);
    (void)execvp(argv[0], argv);
    (void)err_set(err, -errno, "%s: %s", argv[0], strerror(errno));
    return EXIT_USAGE;
}
