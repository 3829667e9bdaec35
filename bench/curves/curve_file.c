#include "curve_file.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "attribution.h"
#include "curve_reader.h"
#include "order.h"
#include "scratch.h"

enum { FILE_MAX = 1 << 30, CHUNK = 1 << 16 };

static int load(FILE *file, const char *name, char **out, size_t *out_length, struct err *err);
static int check_text(const char *text, size_t length, const char *name, struct err *err);
static int read_form(struct curve_reader *reader);
static int check_order(const struct curve_reader *reader);
static void remark_axis(struct curve_file *file, const size_t *line_of_row);
static void forget_empty_columns(struct memory_curve *curve);

int curve_file_read(FILE *file, const char *name, const char *subject, struct curve_file *out,
                    struct err *err)
{
    AUTO(curve_file) struct curve_file result = {.axis = "cycle"};
    AUTO_FREE char *text = NULL;
    size_t length = 0;
    int status = load(file, name, &text, &length, err);
    if (!text)
        return status;
    status = check_text(text, length, name, err);
    if (status < 0)
        return status;
    bool marked = strncmp(text, "\xef\xbb\xbf", 3) == 0;
    struct curve_reader reader = {.name = name,
                                  .subject = subject,
                                  .next = text + (marked ? 3 : 0),
                                  .out = &result,
                                  .err = err};
    status = read_form(&reader);
    AUTO_FREE size_t *line_of_row = reader.line_of_row;
    if (status == 0)
        status = check_order(&reader);
    if (status < 0)
        return status;
    remark_axis(&result, line_of_row);
    forget_empty_columns(&result.curve);
    *out = result;
    result = (struct curve_file){0};
    return 0;
}

void curve_file_release(struct curve_file *file)
{
    memory_curve_release(&file->curve);
    *file = (struct curve_file){0};
}

static int load(FILE *file, const char *name, char **out, size_t *out_length, struct err *err)
{
    size_t length = 0, capacity = 0;
    AUTO_FREE char *text = NULL;
    size_t got;
    do {
        if (length + CHUNK >= capacity) {
            capacity = capacity ? 2 * capacity : 2 * CHUNK;
            char *larger = realloc(text, capacity);
            if (!larger)
                return err_set(err, -ENOMEM, "%s: out of memory", name);
            text = larger;
        }
        errno = 0;
        got = fread(text + length, 1, CHUNK, file);
        length += got;
        if (length > FILE_MAX)
            return err_set(err, -EFBIG, "%s: over 1 GiB; keep every tenth row", name);
    } while (got > 0);
    if (ferror(file))
        return err_set(err, errno ? -errno : -EIO, "%s: cannot read it: %s", name,
                       strerror(errno ? errno : EIO));
    text[length] = '\0';
    *out = TAKE_PTR(text);
    *out_length = length;
    return 0;
}

static int check_text(const char *text, size_t length, const char *name, struct err *err)
{
    if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        return err_set(err, -EINVAL, "%s:1:1: UTF-16; save it as UTF-8", name);
    if (strlen(text) == length)
        return 0;
    size_t line = 1, column = 1;
    for (const char *c = text; *c; c++) {
        bool ends = *c == '\n' || (*c == '\r' && c[1] != '\n');
        column = ends ? 1 : column + 1;
        line += ends;
    }
    return err_set(err, -EINVAL, "%s:%zu:%zu: a NUL byte; this is not a text file", name, line,
                   column);
}

static int read_form(struct curve_reader *reader)
{
    const char *first = reader->next + strspn(reader->next, " \t\r\n");
    size_t length = strcspn(first, "\r\n");
    if (strncmp(first, "# Elapsed time", strlen("# Elapsed time")) == 0)
        return curve_psrecord_read(reader);
    const char *mark = strstr(first, "[rollup]");
    if (mark && mark < first + length)
        return curve_rollup_read(reader);
    return curve_csv_read(reader);
}

static int check_order(const struct curve_reader *reader)
{
    size_t row = attribution_disorder(&reader->out->curve);
    if (row == 0)
        return 0;
    return err_set(
        reader->err, -EINVAL,
        "%s:%zu:1: cycle or elapsed_s falls, here and again: sort the rows, or write one "
        "process per file",
        reader->name, reader->line_of_row[row]);
}

static void add_remark(struct curve_file *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_remark(struct curve_file *file, const char *format, ...)
{
    if (file->remark_count == CURVE_FILE_REMARKS_MAX)
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(file->remark[file->remark_count++], sizeof file->remark[0], format, arguments);
    va_end(arguments);
}

/* Work that does not run evenly is judged all the same, and said. */
static void remark_axis(struct curve_file *file, const size_t *line_of_row)
{
    enum { WIDE = 10 };
    const struct memory_curve *curve = &file->curve;
    if (curve->count < 3)
        return;
    const double *cycle = curve->column[MEMORY_CYCLE];
    AUTO_FREE double *steps = scratch_doubles(curve->count);
    size_t repeats = 0, falls = 0, widest = 1;
    for (size_t i = 1; i < curve->count; i++) {
        double step = cycle[i] - cycle[i - 1];
        steps[i - 1] = step;
        repeats += step == 0;
        falls += step < 0;
        widest = step > cycle[widest] - cycle[widest - 1] ? i : widest;
    }
    double usual = order_median(steps, curve->count - 1);
    double wide = cycle[widest] - cycle[widest - 1];
    if (repeats == curve->count - 1) {
        add_remark(file, "%s is the same in all rows: no work is seen, so no trend can be",
                   file->axis);
        return;
    }
    if (repeats > 0)
        add_remark(file, "%s stands still in %zu row%s", file->axis, repeats,
                   repeats == 1 ? "" : "s");
    if (falls == 0 && usual > 0 && wide > WIDE * usual)
        add_remark(file,
                   "a gap of %.6g %ss before line %zu, where %.6g is usual: what was between "
                   "is not known",
                   wide, file->axis, line_of_row[widest], usual);
}

static void forget_empty_columns(struct memory_curve *curve)
{
    for (size_t column = 0; column < MEMORY_COLUMNS; column++) {
        size_t row = 0;
        while (curve->column[column] && row < curve->count && isnan(curve->column[column][row]))
            row++;
        if (row == curve->count && column != MEMORY_CYCLE) {
            free(curve->column[column]);
            curve->column[column] = NULL;
        }
    }
}
