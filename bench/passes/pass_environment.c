#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "environment.h"
#include "pass_trial.h"

/* `text` with every '%' replaced. The caller frees. */
static char *with_folder(const char *text, const char *folder)
{
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);
    if (!stream)
        abort();
    for (; *text; text++)
        if (*text == '%')
            (void)fputs(folder, stream);
        else
            (void)fputc(*text, stream);
    if (fclose(stream) != 0)
        abort();
    return out;
}

int pass_folder_check(const struct allocator_tool *tool, const char *folder, struct err *err)
{
    size_t good = strcspn(folder, tool->path_ends ? tool->path_ends : "");
    if (!folder[good])
        return 0;
    return err_set(err, -EINVAL,
                   "%s: the settings of %s cannot carry a path with '%c' in it; use another folder",
                   folder, tool->name, folder[good]);
}

char **pass_environment(const struct allocator_tool *tool, char *const *row_environment,
                        const char *folder)
{
    size_t count = 0;
    while (tool->environment[count])
        count++;
    char **environment = calloc(count + 1, sizeof *environment);
    if (!environment)
        abort();
    for (size_t i = 0; i < count; i++) {
        char *entry = with_folder(tool->environment[i], folder);
        const char *before = tool->join ? environment_value(row_environment, entry) : NULL;
        if (before) {
            char *joined = NULL;
            size_t name = strcspn(entry, "=") + 1;
            if (asprintf(&joined, "%.*s%s%s%s", (int)name, entry, before, tool->join,
                         entry + name) < 0)
                abort();
            free(entry);
            entry = joined;
        }
        environment[i] = entry;
    }
    return environment;
}

void pass_environment_free(char **environment)
{
    for (char **entry = environment; entry && *entry; entry++)
        free(*entry);
    free(environment);
}

char *pass_setting(const struct allocator_tool *tool)
{
    char *out = NULL;
    size_t size = 0;
    if (!tool->environment[0])
        return NULL;
    FILE *stream = open_memstream(&out, &size);
    if (!stream)
        abort();
    for (size_t i = 0; tool->environment[i]; i++) {
        char *entry = with_folder(tool->environment[i], "DIR");
        (void)fprintf(stream, "%s%s", i ? " " : "", entry);
        free(entry);
    }
    if (fclose(stream) != 0)
        abort();
    return out;
}
