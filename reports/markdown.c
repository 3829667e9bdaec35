#include "markdown.h"

#include <string.h>

void markdown_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            (void)fputs("&amp;", out);
            break;
        case '<':
            (void)fputs("&lt;", out);
            break;
        case '>':
            (void)fputs("&gt;", out);
            break;
        case '\n':
        case '\r':
            (void)fputc(' ', out);
            break;
        default:
            if (strchr("\\|`*_[]#", *text))
                (void)fputc('\\', out);
            (void)fputc(*text, out);
        }
    }
}

void markdown_paragraph(FILE *out, const char *text)
{
    markdown_text(out, text);
    (void)fputs("\n\n", out);
}
