#include "escape.h"

#include <ctype.h>
#include <string.h>

/* A letter of `letters` is written as the entry of `instead` at its place. */
static const struct language {
    const char *letters;
    const char *const *instead;
    const char *control; /* what stands for other control characters; NULL: themselves */
} languages[] = {
    [ESCAPE_MARKUP] = {"&<>\"'\n\t",
                       (const char *const[]){"&amp;", "&lt;", "&gt;", "&quot;", "&#39;", " ", " "},
                       "\uFFFD"},
    [ESCAPE_MARKDOWN] = {"&<>\n\r\\|`*_[]#",
                         (const char *const[]){"&amp;", "&lt;", "&gt;", " ", " ", "\\\\", "\\|",
                                               "\\`", "\\*", "\\_", "\\[", "\\]", "\\#"},
                         NULL},
    [ESCAPE_OPENMETRICS] = {"\\\"\n", (const char *const[]){"\\\\", "\\\"", "\\n"}, NULL},
    [ESCAPE_GITHUB_DATA] = {"%\r\n", (const char *const[]){"%25", "%0D", "%0A"}, NULL},
    [ESCAPE_GITHUB_PROPERTY] = {"%\r\n:,", (const char *const[]){"%25", "%0D", "%0A", "%3A", "%2C"},
                                NULL},
};

void escape_put(FILE *out, enum escape_language language, const char *text)
{
    const struct language *of = &languages[language];
    for (; *text; text++) {
        const char *at = strchr(of->letters, *text);
        if (at)
            (void)fputs(of->instead[at - of->letters], out);
        else if (of->control && iscntrl((unsigned char)*text))
            (void)fputs(of->control, out);
        else
            (void)fputc(*text, out);
    }
}
