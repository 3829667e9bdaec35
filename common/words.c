#include "words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(struct words *words, char *word)
{
    char **larger = word ? reallocarray(words->word, words->count + 2, sizeof *larger) : NULL;
    if (!larger)
        abort();
    words->word = larger;
    larger[words->count++] = word;
    larger[words->count] = NULL;
}

void words_add(struct words *words, const char *format, ...)
{
    char *word = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&word, format, args);
    va_end(args);
    append(words, length < 0 ? NULL : word);
}

void words_add_all(struct words *words, char *const *more)
{
    for (char *const *word = more; word && *word; word++)
        append(words, strdup(*word));
}

void words_keep(struct words *environment, const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    if (value || otherwise)
        words_add(environment, "%s=%s", name, value ? value : otherwise);
}

const char *words_value(char *const *environment, const char *entry)
{
    size_t length = strcspn(entry, "=");
    for (char *const *other = environment; other && *other; other++)
        if (strncmp(*other, entry, length) == 0 && (*other)[length] == '=')
            return *other + length + 1;
    return NULL;
}

char **words_take(struct words *words)
{
    char **word = words->word;
    *words = (struct words){.count = 0};
    return word;
}

void words_release(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->word[i]);
    free(words->word);
    *words = (struct words){.count = 0};
}
