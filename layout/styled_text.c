#include "styled_text.h"

static const char *const look_codes[] = {
    [LOOK_PLAIN] = NULL, [LOOK_BOLD] = "1",    [LOOK_DIM] = "2",
    [LOOK_RED] = "31",   [LOOK_YELLOW] = "33", [LOOK_GREEN] = "32",
};

/* Bytes of the first code point. */
static size_t character_length(const char *text)
{
    size_t length = 1;
    while (((unsigned char)text[length] & 0xc0) == 0x80)
        length++;
    return length;
}

size_t styled_text_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* One code point; '?' for controls (also those of two bytes, C2 80 to C2 9F), and for what is not
 * ASCII where that cannot be shown. Returns what follows it. */
static const char *print_character(FILE *out, bool utf8, const char *text)
{
    unsigned char first = (unsigned char)text[0];
    size_t length = character_length(text);
    bool control = first < 0x20 || first == 0x7f || (first & 0xc0) == 0x80 ||
                   (first == 0xc2 && length == 2 && (unsigned char)text[1] < 0xa0);
    if (control || (first >= 0x80 && !utf8))
        (void)fputc('?', out);
    else
        (void)fwrite(text, 1, length, out);
    return text + length;
}

void styled_text_print(FILE *out, const struct text_style *style, enum text_look look,
                       const char *text)
{
    const char *code = style->colour ? look_codes[look] : NULL;
    if (code)
        (void)fprintf(out, "\033[%sm", code);
    while (*text)
        text = print_character(out, style->utf8, text);
    if (code)
        (void)fputs("\033[0m", out);
}

const char *styled_text_cut(const char *text, size_t width, bool utf8, char *out, size_t size)
{
    size_t length = 0;
    if (styled_text_width(text) <= width)
        return text;
    for (size_t columns = 1; columns < width; columns++)
        length += character_length(text + length);
    (void)snprintf(out, size, "%.*s%s", (int)length, text, utf8 ? "…" : "~");
    return out;
}
