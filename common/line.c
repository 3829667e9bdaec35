#include "line.h"

static struct line line_at(const char *text)
{
    return *text ? (struct line){text, strcspn(text, "\n")} : (struct line){NULL, 0};
}

struct line line_first(const char *text)
{
    return line_at(text);
}

struct line line_next(const struct line *line)
{
    if (!line->text)
        return *line;
    const char *end = line->text + line->length;
    return line_at(end + (*end == '\n'));
}

bool line_starts(const struct line *line, const char *prefix)
{
    size_t length = strlen(prefix);
    return line->length >= length && memcmp(line->text, prefix, length) == 0;
}

const char *line_find(const struct line *line, const char *word)
{
    return memmem(line->text, line->length, word, strlen(word));
}

struct line line_from(const struct line *line, const char *at)
{
    return (struct line){at, line->length - (size_t)(at - line->text)};
}

struct line line_until(const struct line *line, const char *at)
{
    return (struct line){line->text, (size_t)(at - line->text)};
}

static bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t';
}

bool line_take(struct line *line, const char *words)
{
    size_t at = 0;
    for (; *words; words++) {
        if (*words == ' ')
            while (at < line->length && is_blank(line->text[at]))
                at++;
        else if (at == line->length || line->text[at++] != *words)
            return false;
    }
    *line = line_from(line, line->text + at);
    return true;
}

bool line_take_past(struct line *line, const char *mark)
{
    const char *at = line_find(line, mark);
    if (at)
        *line = line_from(line, at + strlen(mark));
    return at;
}

static int digit_value(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    char small = (char)(letter | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : 16;
}

/* Bytes of a number that is at most `most`; 0: there is none. */
static size_t read_number(const struct line *line, uint64_t base, uint64_t most, uint64_t *out)
{
    uint64_t value = 0;
    size_t at = 0;
    for (; at < line->length; at++) {
        uint64_t digit = (uint64_t)digit_value(line->text[at]);
        if (digit >= base)
            break;
        if (value > (most - digit) / base)
            return 0;
        value = base * value + digit;
    }
    *out = value;
    return at;
}

bool line_take_count(struct line *line, int64_t *out)
{
    uint64_t value = 0;
    size_t length = read_number(line, 10, INT64_MAX, &value);
    if (length > 0 && out)
        *out = (int64_t)value;
    *line = line_from(line, line->text + length);
    return length > 0;
}

bool line_take_hex(struct line *line, uint64_t *out)
{
    struct line digits = *line;
    if (line_starts(line, "0x"))
        digits = line_from(line, line->text + 2);
    uint64_t value = 0;
    size_t length = read_number(&digits, 16, UINT64_MAX, &value);
    if (length == 0)
        return false;
    if (out)
        *out = value;
    *line = line_from(&digits, digits.text + length);
    return true;
}

bool line_take_word(struct line *line, struct line *out)
{
    size_t length = 0;
    while (length < line->length && !is_blank(line->text[length]))
        length++;
    if (length > 0 && out)
        *out = line_until(line, line->text + length);
    *line = line_from(line, line->text + length);
    return length > 0;
}
