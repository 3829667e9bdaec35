#include "text.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 64 };

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* One row of the dynamic-programming matrix is enough; both words are shorter than WORD_MAX. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[WORD_MAX];
    size_t b_length = strlen(b);
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t above = row[j];
            size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
            row[j] = min3(above + 1, row[j - 1] + 1, substituted);
            diagonal = above;
        }
    }
    return row[b_length];
}

const char *text_nearest(const char *word, const char *const *names)
{
    const char *nearest = NULL;
    size_t nearest_distance = WORD_MAX;
    size_t word_length = strlen(word);
    if (word_length >= WORD_MAX)
        return NULL;
    for (; *names; names++) {
        size_t length = strlen(*names);
        if (length >= WORD_MAX)
            continue;
        size_t distance = edit_distance(word, *names);
        size_t letters = length > word_length ? length : word_length;
        if (3 * distance <= letters && distance < nearest_distance) {
            nearest = *names;
            nearest_distance = distance;
        }
    }
    return nearest;
}

const char *text_copy(char *out, size_t size, const char *text)
{
    (void)snprintf(out, size, "%s", text);
    return out;
}
