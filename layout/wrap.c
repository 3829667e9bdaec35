#include "wrap.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"

enum { LINE_COLUMNS_MAX = 100 };

/* A number and its '%' are one word. */
static bool ends_word(const char *text, size_t at)
{
    return at > 0 && text[at - 1] != ' ' &&
           (text[at] == '\0' || (text[at] == ' ' && text[at + 1] != '%'));
}

/* Bytes of the longest start of `text` that takes at most `columns` and ends a word. Of a word that
 * is longer: up to a mark between its parts, or what fits. */
static size_t line_length(const char *text, size_t columns)
{
    size_t word = 0, part = 0, width = 0, i = 0;
    for (;; width++) {
        if (ends_word(text, i))
            word = i;
        if (text[i] == '\0' || width == columns)
            return word ? word : part ? part : i;
        if (strchr(",;:=/", text[i]))
            part = i + 1;
        for (i++; ((unsigned char)text[i] & 0xc0) == 0x80;)
            i++;
    }
}

void wrap_print(FILE *out, const struct text_style *style, enum text_look look, const char *mark,
                int indent, const char *text)
{
    int width = style->width < LINE_COLUMNS_MAX ? style->width : LINE_COLUMNS_MAX;
    size_t columns = (size_t)(width > indent ? width - indent : 1);
    (void)fprintf(out, "%s%*s", mark, indent - (int)styled_text_width(mark), "");
    for (;;) {
        text += strspn(text, " ");
        size_t length = line_length(text, columns);
        AUTO_FREE char *line = strndup(text, length);
        styled_text_print(out, style, look, line ? line : "");
        (void)fputc('\n', out);
        text += length;
        if (text[strspn(text, " ")] == '\0')
            return;
        (void)fprintf(out, "%*s", indent, "");
    }
}

void wrap_print_last(FILE *out, const char *columns, const char *text)
{
    struct text_style style;
    if (!isatty(fileno(out))) {
        (void)fprintf(out, "%s%s\n", columns, text);
        return;
    }
    text_style_detect(out, &style);
    wrap_print(out, &style, LOOK_PLAIN, columns, (int)styled_text_width(columns), text);
}
