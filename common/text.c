#include "text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
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

bool text_in(const char *word, const char *const *names)
{
    while (*names && strcmp(*names, word) != 0)
        names++;
    return *names;
}

int text_unknown(const char *what, const char *word, const char *const *names, const char *advice,
                 int code, struct err *err)
{
    const char *nearest = text_nearest(word, names);
    if (nearest)
        return err_set(err, code, "unknown %s '%s' (did you mean '%s'?)", what, word, nearest);
    return err_set(err, code, "unknown %s '%s'; %s", what, word, advice);
}

const char *text_copy(char *out, size_t size, const char *text)
{
    (void)snprintf(out, size, "%s", text);
    return out;
}

char *text_own(const char *text)
{
    char *own = text ? strdup(text) : NULL;
    if (text && !own)
        abort();
    return own;
}

/* Bytes of the well-formed sequence that begins here; 0: none does. Unicode 15, table 3-7. */
static size_t sequence_length(const char *text)
{
    static const struct {
        unsigned char first_from, first_to, second_from, second_to;
        size_t length;
    } forms[] = {
        {0x01, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    unsigned char first = (unsigned char)text[0];
    unsigned char second = (unsigned char)text[1];
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (first < forms[i].first_from || first > forms[i].first_to ||
            second < forms[i].second_from || second > forms[i].second_to)
            continue;
        for (size_t byte = 2; byte < forms[i].length; byte++)
            if (((unsigned char)text[byte] & 0xc0) != 0x80)
                return 0;
        return forms[i].length;
    }
    return 0;
}

void text_printable(char *text)
{
    while (*text) {
        size_t length = sequence_length(text);
        bool control = length <= 1 ? length == 0 || iscntrl((unsigned char)*text)
                                   : memcmp(text, "\xc2\xa0", 2) < 0; /* U+0080 to U+009F */
        if (control)
            (void)memset(text, '?', length ? length : 1);
        text += length ? length : 1;
    }
}

char *text_utf8(const char *text)
{
    static const char replacement[] = "\xef\xbf\xbd";
    char *out = malloc(strlen(text) * strlen(replacement) + 1);
    size_t used = 0;
    if (!out)
        abort();
    while (*text) {
        size_t length = sequence_length(text);
        size_t bytes = length ? length : strlen(replacement);
        (void)memcpy(out + used, length ? text : replacement, bytes);
        used += bytes;
        text += length ? length : 1;
    }
    out[used] = '\0';
    return out;
}
