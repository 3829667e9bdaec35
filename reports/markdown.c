#include "markdown.h"

#include <string.h>

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

/* Indented, and not between fences, which the lines could close. */
void markdown_code(FILE *out, const char *lines)
{
    for (const char *line = lines; *line;) {
        size_t length = strcspn(line, "\n");
        (void)fprintf(out, "    %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    (void)fputc('\n', out);
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
