/*
 * pass_tool: what a pass has to know of its tool: the variables a subject runs under, and the
 * figures in what it left behind.
 */
#pragma once

#include <sys/types.h>

#include "allocator.h"
#include "err.h"
#include "folder.h"
#include "tool_words.h"

/* The ledger as a tool; its '%' is the folder of libraries. */
extern const struct allocator_tool pass_ledger;

/* Exact settings of a tool for people: "HEAPCHECK=normal …", '%' as "DIR". The caller frees. NULL:
 * the tool needs none. */
char *pass_setting(const struct allocator_tool *tool);

/* Can the tool's environment carry this path? -EINVAL with a sentence: jemalloc's options end at a
 * comma, lists of libraries at spaces and colons. */
int pass_folder_check(const struct allocator_tool *tool, const char *folder, struct err *err);

/* Variables for the subject under `tool`: '%' is the folder; where the row sets the same one and
 * the tool joins, both. NULL-terminated; the caller frees with tool_words_free(). */
char **pass_environment(const struct allocator_tool *tool, char *const *row_environment,
                        const char *folder);

/* What a program printed, where no role says its name. */
#define PASS_LOG "program.log"

/* What a subject left behind that ran under a tool. */
struct pass_left {
    const char *folder; /* its dumps, and … */
    char log[64];       /* … what it printed: a name in it; "": PASS_LOG */
    pid_t pid;
    struct allocator_leftover at_exit; /* as it said itself */
};

/* The tool's figures. -EPROTO and the like with a sentence. */
int pass_read_figures(const struct allocator_tool *tool, const struct pass_left *left,
                      struct allocator_leak *out, struct err *err);

/* The dumps it wrote, in order. -ENOENT with a sentence: none. */
int pass_dumps(const struct allocator_tool *tool, const struct pass_left *left,
               struct folder_files *out, struct err *err);
