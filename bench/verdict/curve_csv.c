#include "curve_csv.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Columns that only a trial's samples have: which lines count, and the better RSS. */
enum {
    COLUMN_SUBJECT = CURVE_COLUMN_COUNT,
    COLUMN_PHASE,
    COLUMN_ROUND_END,
    COLUMN_RSS_ANON,
    COLUMN_IGNORED
};

static const char *const column_names[COLUMN_IGNORED] = {
    [CURVE_CYCLE] = "cycle",          [CURVE_LIVE] = "live_bytes",
    [CURVE_HEAP] = "heap_bytes",      [CURVE_RSS] = "rss_bytes",
    [COLUMN_SUBJECT] = "subject",     [COLUMN_PHASE] = "phase",
    [COLUMN_ROUND_END] = "round_end", [COLUMN_RSS_ANON] = "rss_anon_bytes",
};

enum { FIELDS_MAX = 64 };

/* Where we are, for messages, and what the header said. */
struct reader {
    const char *name;
    const char *subject;
    size_t line;
    size_t field_count;
    int column_of[FIELDS_MAX]; /* by field */
    bool resident_heap;        /* RSS is anonymous: heap counts as far as it is resident */
    struct err *err;
};

/* One line, cut into fields in place. */
struct fields {
    char *text[FIELDS_MAX];
    size_t position[FIELDS_MAX]; /* column in the line, from 1 */
    size_t count;
};

static int next_line(struct reader *reader, FILE *file, char **line, size_t *capacity);
static int split(const struct reader *reader, char *line, struct fields *out);
static int read_header(struct reader *reader, const struct fields *fields);
static bool counts(const struct reader *reader, const struct fields *fields);
static int read_row(const struct reader *reader, const struct fields *fields,
                    struct curve_file *file);
static int read_number(const struct reader *reader, const struct fields *fields, size_t index,
                       double *out);
static int grow(struct curve_file *file);
static bool blank(const char *line);

int curve_csv_read(FILE *file, const char *name, const char *subject, struct curve_file *out,
                   struct err *err)
{
    struct reader reader = {.name = name, .subject = subject, .err = err};
    AUTO(curve_file) struct curve_file curve = {0};
    AUTO_FREE char *line = NULL;
    size_t capacity = 0;
    int status;
    while ((status = next_line(&reader, file, &line, &capacity)) > 0) {
        struct fields fields;
        status = split(&reader, line, &fields);
        if (status == 0 && reader.field_count == 0)
            status = read_header(&reader, &fields);
        else if (status == 0 && fields.count != reader.field_count)
            status = err_set(err, -EINVAL, "%s:%zu:%zu: %zu fields where the header has %zu", name,
                             reader.line, fields.position[fields.count - 1], fields.count,
                             reader.field_count);
        else if (status == 0 && counts(&reader, &fields))
            status = read_row(&reader, &fields, &curve);
        if (status < 0)
            return status;
    }
    if (status < 0)
        return status;
    if (reader.field_count == 0)
        return err_set(err, -EINVAL, "%s: empty; the first line must name the columns", name);
    if (reader.resident_heap && curve.count == 0)
        return err_set(err, -EINVAL,
                       "%s: no line of the subject '%s' at ends of rounds of the churn", name,
                       subject);
    *out = curve;
    curve = (struct curve_file){0};
    return 0;
}

struct curve curve_file_curve(const struct curve_file *file)
{
    return (struct curve){.cycle = file->column[CURVE_CYCLE],
                          .live_bytes = file->column[CURVE_LIVE],
                          .heap_bytes = file->column[CURVE_HEAP],
                          .rss_bytes = file->column[CURVE_RSS],
                          .count = file->count};
}

void curve_file_release(struct curve_file *file)
{
    for (size_t i = 0; i < CURVE_COLUMN_COUNT; i++)
        free(file->column[i]);
    *file = (struct curve_file){0};
}

/* The next line that is not blank: 1, 0 at the end, or negative. */
static int next_line(struct reader *reader, FILE *file, char **line, size_t *capacity)
{
    ssize_t length;
    errno = 0;
    while ((length = getline(line, capacity, file)) >= 0) {
        reader->line++;
        if (strlen(*line) != (size_t)length)
            return err_set(reader->err, -EINVAL, "%s:%zu:%zu: a NUL byte; this is not a CSV file",
                           reader->name, reader->line, strlen(*line) + 1);
        (*line)[strcspn(*line, "\r\n")] = '\0';
        if (!blank(*line))
            return 1;
    }
    if (!feof(file))
        return err_set(reader->err, errno ? -errno : -EIO, "%s: cannot read it: %s", reader->name,
                       strerror(errno ? errno : EIO));
    return 0;
}

/* Fields keep no spaces around them. */
static int split(const struct reader *reader, char *line, struct fields *out)
{
    out->count = 0;
    for (char *begin = line, *rest = line; rest; begin = rest) {
        (void)strsep(&rest, ",");
        if (out->count == FIELDS_MAX)
            return err_set(reader->err, -EINVAL, "%s:%zu:%td: more than %d columns", reader->name,
                           reader->line, begin - line + 1, FIELDS_MAX);
        char *text = begin + strspn(begin, " \t");
        size_t length = strlen(text);
        while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
            text[--length] = '\0';
        out->text[out->count] = text;
        out->position[out->count++] = (size_t)(text - line) + 1;
    }
    return 0;
}

static int read_header(struct reader *reader, const struct fields *fields)
{
    bool seen[COLUMN_IGNORED + 1] = {false};
    for (size_t field = 0; field < fields->count; field++) {
        int column = 0;
        while (column < COLUMN_IGNORED && strcmp(column_names[column], fields->text[field]) != 0)
            column++;
        if (column != COLUMN_IGNORED && seen[column])
            return err_set(reader->err, -EINVAL, "%s:%zu:%zu: a second column '%s'", reader->name,
                           reader->line, fields->position[field], column_names[column]);
        seen[column] = true;
        reader->column_of[field] = column;
    }
    if (!seen[CURVE_CYCLE] || (!seen[CURVE_LIVE] && !seen[CURVE_RSS]))
        return err_set(reader->err, -EINVAL,
                       "%s:%zu:1: the header must name %s; the form is "
                       "cycle,elapsed_s,live_bytes,heap_bytes,rss_bytes",
                       reader->name, reader->line,
                       seen[CURVE_CYCLE] ? "live_bytes or rss_bytes" : "cycle");
    reader->field_count = fields->count;
    reader->resident_heap = seen[COLUMN_RSS_ANON];
    for (size_t field = 0; field < fields->count && seen[COLUMN_RSS_ANON]; field++) {
        if (reader->column_of[field] == CURVE_RSS)
            reader->column_of[field] = COLUMN_IGNORED;
        else if (reader->column_of[field] == COLUMN_RSS_ANON)
            reader->column_of[field] = CURVE_RSS;
    }
    return 0;
}

/* Is the line one of the curve? */
static bool counts(const struct reader *reader, const struct fields *fields)
{
    for (size_t field = 0; field < fields->count; field++) {
        int column = reader->column_of[field];
        const char *text = fields->text[field];
        if ((column == COLUMN_SUBJECT && strcmp(text, reader->subject) != 0) ||
            (column == COLUMN_PHASE && strcmp(text, "churn") != 0) ||
            (column == COLUMN_ROUND_END && strcmp(text, "0") == 0))
            return false;
    }
    return true;
}

static int read_row(const struct reader *reader, const struct fields *fields,
                    struct curve_file *file)
{
    if (file->count == file->capacity && grow(file) < 0)
        return err_set(reader->err, -ENOMEM, "%s:%zu:1: out of memory", reader->name, reader->line);
    for (size_t i = 0; i < CURVE_COLUMN_COUNT; i++)
        file->column[i][file->count] = NAN;
    for (size_t field = 0; field < fields->count; field++) {
        int column = reader->column_of[field];
        if (column >= CURVE_COLUMN_COUNT)
            continue;
        double *value = &file->column[column][file->count];
        int status = read_number(reader, fields, field, value);
        if (status < 0)
            return status;
        const char *problem = NULL;
        if (column == CURVE_CYCLE && isnan(*value))
            problem = "a sample needs its cycle";
        else if (column == CURVE_CYCLE && file->count > 0 && *value < value[-1])
            problem = "cycles must not fall; sort the file, one run per file";
        if (problem)
            return err_set(reader->err, -EINVAL, "%s:%zu:%zu: %s", reader->name, reader->line,
                           fields->position[field], problem);
    }
    double *heap = &file->column[CURVE_HEAP][file->count];
    if (reader->resident_heap && *heap > file->column[CURVE_RSS][file->count])
        *heap = file->column[CURVE_RSS][file->count];
    file->count++;
    return 0;
}

/* NaN for an empty field. strtod() alone would also take "inf", "nan" and "0x10". */
static int read_number(const struct reader *reader, const struct fields *fields, size_t index,
                       double *out)
{
    const char *text = fields->text[index];
    if (*text == '\0') {
        *out = NAN;
        return 0;
    }
    char *end;
    double value = strtod(text, &end);
    if (text[strspn(text, "0123456789.eE+")] || *end || !isfinite(value))
        return err_set(reader->err, -EINVAL,
                       "%s:%zu:%zu: '%.40s' is not a number of zero or more; leave the field empty "
                       "if it is not known",
                       reader->name, reader->line, fields->position[index], text);
    *out = value;
    return 0;
}

static int grow(struct curve_file *file)
{
    size_t capacity = file->capacity ? 2 * file->capacity : 1024;
    for (size_t i = 0; i < CURVE_COLUMN_COUNT; i++) {
        double *bigger = reallocarray(file->column[i], capacity, sizeof *bigger);
        if (!bigger)
            return -ENOMEM;
        file->column[i] = bigger;
    }
    file->capacity = capacity;
    return 0;
}

static bool blank(const char *line)
{
    return line[strspn(line, " \t")] == '\0';
}
