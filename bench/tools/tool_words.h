/*
 * tool_words: the words of a tool's row, its variables and command lines, filled in for one pass.
 *
 * '%' stands for the folder of the pass; while the subject is quiet '@' for its pid, and when it
 * has ended '!' for the path of its program.
 */
#pragma once

/* What is NULL or 0 stays as it is in the words. */
struct tool_words {
    const char *folder;
    const char *program;
    int pid;
};

/* NULL-terminated copies of `words` (NULL: none), filled in; free with tool_words_free(). */
char **tool_words_fill(const char *const *words, const struct tool_words *with);
void tool_words_free(char **words);
