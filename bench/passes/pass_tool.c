#include "pass_tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"
#include "memory_stream.h"
#include "path.h"
#include "text.h"

enum { NAME_SIZE = 256 };

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

char *pass_setting(const struct allocator_tool *tool)
{
    if (!tool->environment[0])
        return NULL;
    char **entries = tool_words_fill(tool->environment, &(struct tool_words){.folder = "DIR"});
    struct memory_stream memory;
    FILE *stream = memory_stream_open(&memory);
    for (size_t i = 0; entries[i]; i++)
        (void)fprintf(stream, "%s%s", i ? " " : "", entries[i]);
    tool_words_free(entries);
    return memory_stream_close(&memory);
}

int pass_dumps(const struct allocator_tool *tool, const struct pass_left *left,
               struct folder_files *out, struct err *err)
{
    char pattern[NAME_SIZE];
    size_t before = strcspn(tool->dumps, "@");
    if (tool->dumps[before])
        (void)snprintf(pattern, sizeof pattern, "%.*s%d%s", (int)before, tool->dumps,
                       (int)left->pid, tool->dumps + before + 1);
    else
        (void)snprintf(pattern, sizeof pattern, "%s", tool->dumps);
    int code = folder_match(left->folder, pattern, out, err);
    return code < 0 || out->count > 0 ? code
                                      : err_set(err, -ENOENT, "it wrote no dump (%s)", pattern);
}

static int last_dump(const struct allocator_tool *tool, const struct pass_left *left, char **out,
                     struct err *err)
{
    AUTO(folder_files) struct folder_files dumps = {.count = 0};
    int code = pass_dumps(tool, left, &dumps, err);
    if (code == 0)
        *out = text_own(dumps.paths[dumps.count - 1]);
    return code;
}

int pass_read_figures(const struct allocator_tool *tool, const struct pass_left *left,
                      struct allocator_leak *out, struct err *err)
{
    AUTO_FREE char *path = NULL;
    int code = 0;
    switch (tool->source) {
    case TOOL_ASKS_EXIT:
        if (left->at_exit.blocks < 0 || left->at_exit.bytes < 0)
            return err_set(err, -EPROTO, "the subject did not tell what is live at its exit");
        *out =
            (struct allocator_leak){.blocks = left->at_exit.blocks, .bytes = left->at_exit.bytes};
        return 0;
    case TOOL_READS_DUMP:
        code = last_dump(tool, left, &path, err);
        break;
    case TOOL_READS_LOG:
        path = path_join(left->folder, "%s", *left->log ? left->log : PASS_LOG);
        break;
    }
    if (code < 0)
        return code;
    AUTO_FCLOSE FILE *in = fopen(path, "re");
    if (!in)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    return tool->read(in, out, err);
}

const struct allocator_tool pass_ledger = {
    .name = "ledger",
    .source = TOOL_ASKS_EXIT,
    .environment = (const char *const[]){"LD_PRELOAD=%/libledger.so", NULL},
    .path_ends = " :",
};
