#include "tool_words.h"

#include <stdio.h>
#include <stdlib.h>

#include "memory_stream.h"

static char *fill(const char *word, const struct tool_words *with)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    for (; *word; word++) {
        if (*word == '%')
            (void)fputs(with->folder, out);
        else if (*word == '@' && with->pid)
            (void)fprintf(out, "%d", with->pid);
        else if (*word == '!' && with->program)
            (void)fputs(with->program, out);
        else
            (void)fputc(*word, out);
    }
    return memory_stream_close(&memory);
}

char **tool_words_fill(const char *const *words, const struct tool_words *with)
{
    size_t count = 0;
    while (words && words[count])
        count++;
    char **filled = calloc(count + 1, sizeof *filled);
    if (!filled)
        abort();
    for (size_t i = 0; i < count; i++)
        filled[i] = fill(words[i], with);
    return filled;
}

void tool_words_free(char **words)
{
    for (size_t i = 0; words && words[i]; i++)
        free(words[i]);
    free(words);
}
