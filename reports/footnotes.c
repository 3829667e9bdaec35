#include "footnotes.h"

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
