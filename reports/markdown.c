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
