#include "markdown.h"

#include "escape.h"

void markdown_text(FILE *out, const char *text)
{
    escape_put(out, ESCAPE_MARKDOWN, text);
}

void markdown_paragraph(FILE *out, const char *text)
{
    markdown_text(out, text);
    (void)fputs("\n\n", out);
}

void markdown_footnotes(FILE *out, const struct footnotes *notes)
{
    for (size_t i = 0; i < notes->count; i++) {
        (void)fprintf(out, "%zu. ", i + 1);
        markdown_text(out, notes->reasons[i]);
        (void)fputc('\n', out);
    }
    if (notes->count)
        (void)fputc('\n', out);
}
