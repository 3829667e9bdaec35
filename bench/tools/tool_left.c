#include "tool_left.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory_stream.h"
#include "path.h"
#include "saturate.h"
#include "text.h"
#include "words.h"

int tool_check_folder(const struct tool *tool, const char *folder, struct err *err)
{
    size_t good = strcspn(folder, tool->path_ends ? tool->path_ends : "");
    if (!folder[good])
        return 0;
    return err_set(err, -EINVAL,
                   "%s: the settings of %s cannot carry a path with '%c' in it; use another folder",
                   folder, tool->name, folder[good]);
}

char **tool_environment(const struct tool *tool, char *const *row_environment, const char *folder)
{
    char **environment = tool_words_fill(tool->environment, &(struct tool_words){.folder = folder});
    for (char **entry = environment; *entry; entry++) {
        const char *before = tool->join ? words_value(row_environment, *entry) : NULL;
        if (before) {
            char *joined = NULL;
            size_t name = strcspn(*entry, "=") + 1;
            if (asprintf(&joined, "%.*s%s%s%s", (int)name, *entry, before, tool->join,
                         *entry + name) < 0)
                abort();
            free(*entry);
            *entry = joined;
        }
    }
    return environment;
}

char *tool_setting(const struct tool *tool)
{
    if (!tool->environment || !tool->environment[0])
        return NULL;
    char **entries = tool_words_fill(tool->environment, &(struct tool_words){.folder = "DIR"});
    struct memory_stream memory;
    FILE *stream = memory_stream_open(&memory);
    for (size_t i = 0; entries[i]; i++)
        (void)fprintf(stream, "%s%s", i ? " " : "", entries[i]);
    tool_words_free(entries);
    return memory_stream_close(&memory);
}

/* What the row writes; nothing else is in the folder, so that dumps of no pid known are its own. */
static char *dump_pattern(const char *dumps, const struct tool_left *left)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    for (const char *letter = dumps; *letter; letter++) {
        if (*letter != '@')
            (void)fputc(*letter, out);
        else if (left->pid > 0)
            (void)fprintf(out, "%d", (int)left->pid);
        else
            (void)fputc('*', out);
    }
    return memory_stream_close(&memory);
}

int tool_left_dumps(const struct tool *tool, const struct tool_left *left, struct folder_files *out,
                    struct err *err)
{
    AUTO_FREE char *pattern = dump_pattern(tool->dumps, left);
    int code = folder_match(left->folder, pattern, out, err);
    if (code == 0 && out->count == 0 && tool->dumps_after_exec) {
        AUTO_FREE char *other = dump_pattern(tool->dumps_after_exec, left);
        folder_files_release(out);
        code = folder_match(left->folder, other, out, err);
    }
    return code < 0 || out->count > 0 ? code
                                      : err_set(err, -ENOENT, "it wrote no dump (%s)", pattern);
}

static int match(const struct tool *tool, const struct tool_source *source,
                 const struct tool_left *left, char **out, struct err *err)
{
    AUTO(folder_files) struct folder_files found = {.count = 0};
    int code = strcmp(source->file, TOOL_DUMPS) == 0
                   ? tool_left_dumps(tool, left, &found, err)
                   : folder_match(left->folder, source->file, &found, err);
    if (code < 0)
        return code;
    if (source->moment == MOMENT_LOST && found.count > 0 && found.count <= left->asked)
        return err_set(
            err, -ENOENT,
            "it wrote nothing at the end: the program left without its exit handlers, as "
            "one does that a signal ends");
    size_t index = source->match < 0 ? found.count - 1 : (size_t)source->match;
    if (found.count == 0 || index >= found.count)
        return err_set(err, -ENOENT, "%s left no %s", tool->name,
                       strcmp(source->file, TOOL_DUMPS) == 0 ? tool->dumps : source->file);
    *out = text_own(found.paths[index]);
    return 0;
}

int tool_left_file(const struct tool *tool, const struct tool_source *source,
                   const struct tool_left *left, char **out, struct err *err)
{
    if (strcmp(source->file, TOOL_LOG) != 0)
        return match(tool, source, left, out, err);
    *out = path_join(left->folder, "%s", *left->log ? left->log : TOOL_LEFT_LOG);
    return 0;
}

char *tool_left_text(const char *path)
{
    AUTO_FCLOSE FILE *in = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;
    if (in && getdelim(&text, &size, '\0', in) < 0) {
        free(text);
        text = text_own("");
    }
    return text;
}

static const struct tool_source *source_of_the_lost(const struct tool *tool)
{
    const struct tool_source *source = tool->sources;
    while (source->moment != MOMENT_LOST)
        source++;
    return source;
}

/* Adds to `out`. */
static int add_file(const struct tool_source *source, const char *path, struct amount *out,
                    struct err *err)
{
    AUTO(stacks) struct stacks stacks = {.count = 0};
    AUTO_FREE char *text = tool_left_text(path);
    if (!text)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    int code = source->read(text, source->moment, &stacks, err);
    struct amount sum = stacks_sum(&stacks, source->moment);
    out->bytes = saturate_add(out->bytes, sum.bytes);
    out->blocks = saturate_add(out->blocks, sum.blocks);
    return code;
}

/* What all of several processes left; those that were forked count what they inherited, too. */
static int add_all(const struct tool *tool, const struct tool_source *source,
                   const struct tool_left *left, struct amount *out, struct err *err)
{
    AUTO(folder_files) struct folder_files found = {.count = 0};
    if (!tool->last_dumps)
        return err_set(err, -ENOTSUP,
                       "it tells of the process that was started alone, and there were %zu",
                       left->processes);
    int code = folder_match(left->folder, tool->last_dumps, &found, err);
    if (code == 0 && found.count != left->processes)
        return err_set(err, -ENOENT,
                       "of %zu processes %zu told it at their end: a process that a signal ends "
                       "does not",
                       left->processes, found.count);
    for (size_t i = 0; code == 0 && i < found.count; i++)
        code = add_file(source, found.paths[i], out, err);
    return code;
}

int tool_read_figures(const struct tool *tool, const struct tool_left *left, struct amount *out,
                      struct err *err)
{
    if (tool->figures == TOOL_ASKS_EXIT) {
        if (left->at_exit.blocks < 0 || left->at_exit.bytes < 0)
            return err_set(err, -EPROTO, "the subject did not tell what is live at its exit");
        *out = (struct amount){.blocks = left->at_exit.blocks, .bytes = left->at_exit.bytes};
        return 0;
    }
    const struct tool_source *source = source_of_the_lost(tool);
    struct amount sum = {.blocks = 0};
    AUTO_FREE char *path = NULL;
    int code = 0;
    if (left->processes > 1)
        code = add_all(tool, source, left, &sum, err);
    else if ((code = tool_left_file(tool, source, left, &path, err)) == 0)
        code = add_file(source, path, &sum, err);
    if (code == 0)
        *out = sum;
    return code;
}
