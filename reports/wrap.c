#include "wrap.h"

#include <stdbool.h>
#include <string.h>

enum { LINE_COLUMNS_MAX = 100 };

/* Bytes of the longest start of `text` that ends a word and takes at most `columns`; of one word,
 * if not even that fits. */
static size_t line_length(const char *text, size_t columns)
{
    size_t fitting = 0;
    size_t width = 0;
    for (size_t i = 0;; i++) {
        bool ends_word = (text[i] == ' ' || text[i] == '\0') && i > 0 && text[i - 1] != ' ';
        if (ends_word && (fitting == 0 || width <= columns))
            fitting = i;
        if (text[i] == '\0' || (fitting > 0 && width > columns))
            return fitting;
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
}

void wrap_print(FILE *out, const struct report_style *style, enum table_look look, const char *mark,
                int indent, const char *text)
{
    int width = style->width < LINE_COLUMNS_MAX ? style->width : LINE_COLUMNS_MAX;
    size_t columns = (size_t)(width > indent ? width - indent : 1);
    (void)fprintf(out, "%s%*s", mark, indent - (int)table_text_width(mark), "");
    for (;;) {
        text += strspn(text, " ");
        size_t length = line_length(text, columns);
        AUTO_FREE char *line = strndup(text, length);
        table_print_text(out, style, look, line ? line : "");
        (void)fputc('\n', out);
        text += length;
        if (text[strspn(text, " ")] == '\0')
            return;
        (void)fprintf(out, "%*s", indent, "");
    }
}
