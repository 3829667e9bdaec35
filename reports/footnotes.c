#include "footnotes.h"

#include <stdio.h>
#include <string.h>

size_t footnote_number(struct footnotes *notes, const char *reason)
{
    for (size_t i = 0; i < notes->count; i++)
        if (strcmp(notes->reasons[i], reason) == 0)
            return i + 1;
    if (notes->count < FOOTNOTES_MAX)
        notes->reasons[notes->count++] = reason;
    return notes->count;
}

const char *footnote_mark(struct footnotes *notes, const char *reason, bool utf8, char *out,
                          size_t size)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    size_t number = footnote_number(notes, reason);
    if (!utf8)
        (void)snprintf(out, size, "[%zu]", number);
    else if (number < 10)
        (void)snprintf(out, size, "%s", raised[number]);
    else
        (void)snprintf(out, size, "%s%s", raised[number / 10 % 10], raised[number % 10]);
    return out;
}
