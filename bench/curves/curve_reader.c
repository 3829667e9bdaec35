#include "curve_reader.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "grow.h"

/* Above that a counter has wrapped, or failed. */
#define BYTES_MAX 0x1p56
/* Whole numbers up to here are exact. */
#define CYCLE_MAX 0x1p53

char *curve_reader_line(struct curve_reader *reader)
{
    char *line = reader->next;
    if (!line || *line == '\0')
        return NULL;
    char *end = line + strcspn(line, "\r\n");
    reader->next = *end == '\r' && end[1] == '\n' ? end + 2 : *end ? end + 1 : end;
    *end = '\0';
    reader->line_number++;
    return line;
}

bool curve_reader_blank(const char *line)
{
    return line[strspn(line, " \t")] == '\0';
}

void curve_reader_add_row(struct curve_reader *reader)
{
    struct memory_curve *curve = &reader->out->curve;
    size_t row = curve->count;
    for (size_t i = 0; i < MEMORY_COLUMNS; i++) {
        if (!curve->column[i] && row > 0)
            continue;
        curve->column[i] = grow(curve->column[i], row, sizeof *curve->column[i]);
        curve->column[i][row] = NAN;
    }
    reader->line_of_row = grow(reader->line_of_row, row, sizeof *reader->line_of_row);
    reader->line_of_row[row] = reader->line_number;
    curve->count++;
}

void curve_reader_drop_row(struct curve_reader *reader)
{
    reader->out->curve.count--;
}

double curve_reader_get(const struct curve_reader *reader, enum memory_column column)
{
    const struct memory_curve *curve = &reader->out->curve;
    return curve->column[column][curve->count - 1];
}

void curve_reader_set(struct curve_reader *reader, enum memory_column column, double value)
{
    struct memory_curve *curve = &reader->out->curve;
    curve->column[column][curve->count - 1] = value;
}

int curve_reader_refuse(const struct curve_reader *reader, size_t position, const char *format, ...)
{
    char why[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    return err_set(reader->err, -EINVAL, "%s:%zu:%zu: %s", reader->name, reader->line_number,
                   position, why);
}

static bool is_unknown(const char *text)
{
    static const char *const words[] = {"",     "NA",  "N/A", "null", "none",
                                        "NULL", "nan", "-",   "--",   "?"};
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (strcasecmp(text, words[i]) == 0)
            return true;
    }
    return false;
}

/* Puts a point in place of the comma of "12,75". "4,067" could be four thousand: false. */
static bool point_for_comma(char *text)
{
    char *comma = strchr(text, ',');
    if (!comma)
        return true;
    bool thousands = strlen(comma + 1) == 3 && comma - text <= 3;
    if (strchr(comma + 1, ',') || strchr(text, '.') || thousands)
        return false;
    *comma = '.';
    return true;
}

int curve_reader_number(const struct curve_reader *reader, size_t position, const char *text,
                        enum memory_column column, bool decimal_comma, double *out)
{
    const char *name = memory_column_names[column];
    char copy[64];
    *out = NAN;
    if (is_unknown(text))
        return 0;
    char *end = copy;
    double value = NAN;
    bool fits = strlen(text) < sizeof copy;
    (void)snprintf(copy, sizeof copy, "%s", text);
    /* strtod() alone would also take "inf", "nan" and "0x10". */
    if (fits && (!decimal_comma || point_for_comma(copy)) &&
        copy[strspn(copy, "0123456789.eE+-")] == '\0')
        value = strtod(copy, &end);
    if (!fits || end == copy || *end || !isfinite(value))
        return curve_reader_refuse(
            reader, position,
            "%s is not a number: '%.40s'; write it without units and separators, and leave the "
            "cell empty if it is not known",
            name, text);
    if (column >= MEMORY_LIVE && value < 0)
        return curve_reader_refuse(reader, position, "%s cannot be negative: %.40s", name, text);
    if (column >= MEMORY_LIVE && value > BYTES_MAX)
        return curve_reader_refuse(
            reader, position, "%s cannot be %.40s: a counter that wrapped or failed", name, text);
    if (column == MEMORY_CYCLE && fabs(value) >= CYCLE_MAX)
        return curve_reader_refuse(
            reader, position,
            "cycle cannot be counted exactly from 2^53 on: %.40s; count from the "
            "first row",
            text);
    *out = value;
    return 0;
}
