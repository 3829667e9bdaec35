#include "words.h"

#include <stdarg.h>
#include <stdio.h>

void words_add(struct words *words, const char *format, ...)
{
    size_t room = sizeof words->text - words->used;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(words->text + words->used, room, format, args);
    va_end(args);
    if (words->count == WORDS_MAX || length < 0 || (size_t)length >= room) {
        words->cut = true;
        return;
    }
    words->word[words->count++] = words->text + words->used;
    words->used += (size_t)length + 1;
}

void words_add_all(struct words *words, char *const *more)
{
    for (char *const *word = more; word && *word; word++)
        words_add(words, "%s", *word);
}
