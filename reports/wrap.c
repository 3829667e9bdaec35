#include "wrap.h"

#include <stdbool.h>
#include <string.h>

enum { LINE_MAX_COLUMNS = 100, WORD_MAX = 256 };

void wrap_print(FILE *out, const struct report_style *style, enum table_look look, const char *mark,
                int indent, const char *text)
{
    size_t width = (size_t)(style->width < LINE_MAX_COLUMNS ? style->width : LINE_MAX_COLUMNS);
    size_t column = (size_t)indent;
    bool first_on_line = true;
    (void)fprintf(out, "%s%*s", mark, indent - (int)table_text_width(mark), "");
    while (*(text += strspn(text, " "))) {
        char word[WORD_MAX];
        size_t length = strcspn(text, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)length, text);
        text += length;
        size_t word_width = table_text_width(word);
        if (!first_on_line && column + 1 + word_width > width) {
            (void)fprintf(out, "\n%*s", indent, "");
            column = (size_t)indent;
            first_on_line = true;
        }
        if (!first_on_line) {
            (void)fputc(' ', out);
            column++;
        }
        table_print_text(out, style, look, word);
        column += word_width;
        first_on_line = false;
    }
    (void)fputc('\n', out);
}
