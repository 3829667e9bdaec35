/*
 * tool_left: a subject is put under a tool, and leaves something behind: the variables it runs
 * with, the files it wrote, and the figures in them.
 */
#pragma once

#include <sys/types.h>

#include "allocator.h"
#include "err.h"
#include "folder.h"
#include "tool.h"

/* Exact settings of a tool for people: "HEAPCHECK=normal …", '%' as "DIR". The caller frees. NULL:
 * the tool needs none. */
char *tool_setting(const struct tool *tool);

/* Can the tool's words carry this path? -EINVAL with a sentence: jemalloc's options end at a comma,
 * lists of libraries at spaces and colons. */
int tool_check_folder(const struct tool *tool, const char *folder, struct err *err);

/* Variables for the subject under `tool`: '%' is the folder; where the row sets the same one and
 * the tool joins, both. NULL-terminated; the caller frees with tool_words_free(). */
char **tool_environment(const struct tool *tool, char *const *row_environment, const char *folder);

/* What a program printed, where no role says its name. */
#define TOOL_LEFT_LOG "program.log"

/* What a subject left behind that ran under a tool. */
struct tool_left {
    const char *folder;                /* its dumps, and … */
    char log[64];                      /* … what it printed: a name in it; "": TOOL_LEFT_LOG */
    pid_t pid;                         /* 0: dumps of any are its own */
    size_t asked;                      /* of its dumps: what comes after them is of its end */
    size_t processes;                  /* that it was, where it was several */
    struct allocator_leftover at_exit; /* as it said itself */
};

/* The tool's figures. -EPROTO and the like with a sentence: a tool that stays silent is no tool
 * that found nothing. */
int tool_read_figures(const struct tool *tool, const struct tool_left *left, struct amount *out,
                      struct err *err);

/* The dumps it wrote, in order. -ENOENT with a sentence: none. */
int tool_left_dumps(const struct tool *tool, const struct tool_left *left, struct folder_files *out,
                    struct err *err);

/* The path of the file that a source means; the caller frees. -ENOENT with a sentence. */
int tool_left_file(const struct tool *tool, const struct tool_source *source,
                   const struct tool_left *left, char **out, struct err *err);

/* All of a text; the caller frees. NULL: it cannot be read, and errno says why. */
char *tool_left_text(const char *path);
