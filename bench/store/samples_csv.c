#include "samples_csv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "record_fields.h"

enum { COLUMNS_MAX = 64, HEADER_MAX = 2048 };

#define REMEDY "copy it again, or remove its folder and finish the run with --resume"

/* What every sample has, before the columns of record_fields.c and the statistics. */
enum { ELAPSED, CYCLE, SUBJECT, PHASE, ROUND_END, FIXED_COLUMNS };
static const char *const fixed_names[] = {"elapsed_ns", "cycle", "subject", "phase", "round_end"};

static size_t column_total(void)
{
    return FIXED_COLUMNS + record_sample_field_count + ALLOCATOR_STAT_COUNT;
}

static const char *column_name(size_t column)
{
    if (column < FIXED_COLUMNS)
        return fixed_names[column];
    column -= FIXED_COLUMNS;
    return column < record_sample_field_count
               ? record_sample_fields[column].name
               : allocator_stat_names[column - record_sample_field_count];
}

/* The number of a sample in a column that is not fixed. */
static int64_t *number_of(struct record_sample *sample, size_t column)
{
    column -= FIXED_COLUMNS;
    return column < record_sample_field_count ? field_i64(&record_sample_fields[column], sample)
                                              : &sample->stat[column - record_sample_field_count];
}

static void write_number(FILE *file, int64_t value)
{
    if (value >= 0 && value <= FIELD_I64_MAX)
        (void)fprintf(file, ",%" PRId64, value);
    else
        (void)fputc(',', file);
}

int samples_csv_write(FILE *file, const struct record *record)
{
    for (size_t column = 0; column < column_total(); column++)
        (void)fprintf(file, "%s%s", column ? "," : "", column_name(column));
    (void)fputc('\n', file);
    for (size_t i = 0; i < record->sample_count; i++) {
        struct record_sample sample = record->samples[i];
        (void)fprintf(file, "%" PRId64, sample.elapsed_ns);
        write_number(file, sample.cycle);
        (void)fprintf(file, ",%s,%s,%d", record->roles[sample.role].name,
                      record_phase_names[sample.phase], sample.at_round_end);
        for (size_t column = FIXED_COLUMNS; column < column_total(); column++)
            write_number(file, *number_of(&sample, column));
        (void)fputc('\n', file);
    }
    return ferror(file) ? -ENOMEM : 0;
}

/* A statistic of runs before format 2, which nothing read. */
static const char gone[] = "committed_bytes";
enum { GONE = COLUMNS_MAX };

/* Which column of ours each column of the file is; GONE: none any more. */
struct layout {
    size_t column[COLUMNS_MAX];
    size_t count;
};

static size_t split(char *line, char *field[COLUMNS_MAX + 1])
{
    size_t count = 0;
    for (char *rest = line, *next; (next = strsep(&rest, ",")) && count <= COLUMNS_MAX;)
        field[count++] = next;
    return count;
}

/* A file of an older run may lack columns that came later; one that is not known is refused. */
static int read_header(char *line, struct layout *out)
{
    char *name[COLUMNS_MAX + 1];
    bool has[COLUMNS_MAX] = {false};
    out->count = split(line, name);
    if (out->count > COLUMNS_MAX)
        return -EINVAL;
    for (size_t i = 0; i < out->count; i++) {
        size_t column = 0;
        out->column[i] = GONE;
        if (strcmp(name[i], gone) == 0)
            continue;
        while (column < column_total() && strcmp(name[i], column_name(column)) != 0)
            column++;
        if (column == column_total() || has[column])
            return -EINVAL;
        has[column] = true;
        out->column[i] = column;
    }
    for (size_t column = 0; column < column_total(); column++) {
        bool later = column >= FIXED_COLUMNS &&
                     column < FIXED_COLUMNS + record_sample_field_count &&
                     record_sample_fields[column - FIXED_COLUMNS].later;
        if (!has[column] && !later)
            return -EINVAL;
    }
    return 0;
}

static int find_name(const char *text, const char *const *names)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return -1;
}

/* "" is not available; anything but digits is an error. */
static int parse_number(const char *text, int64_t *out)
{
    if (!*text) {
        *out = RECORD_NA;
        return 0;
    }
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || *end || value < 0 || value > FIELD_I64_MAX)
        return -EINVAL;
    *out = value;
    return 0;
}

static int parse_cell(const char *text, size_t column, const struct record *record,
                      struct record_sample *out)
{
    int64_t round_end = 0;
    int64_t unread = 0;
    int found = 0;
    int code = 0;
    switch (column) {
    case GONE:
        return parse_number(text, &unread);
    case ELAPSED:
        return parse_number(text, &out->elapsed_ns);
    case CYCLE:
        return parse_number(text, &out->cycle);
    case SUBJECT:
        found = record_find_role(record, text);
        out->role = (size_t)found;
        return found < 0 || !record->roles[found].measured ? -EINVAL : 0;
    case PHASE:
        found = find_name(text, record_phase_names);
        out->phase = (enum record_phase)found;
        return found < 0 ? -EINVAL : 0;
    case ROUND_END:
        code = parse_number(text, &round_end);
        out->at_round_end = round_end == 1;
        return code;
    default:
        return parse_number(text, number_of(out, column));
    }
}

/* 0, or the number of the column (from 1) that is wrong. */
static size_t parse_line(char *line, const struct layout *layout, const struct record *record,
                         struct record_sample *out)
{
    char *field[COLUMNS_MAX + 1];
    size_t count = split(line, field);
    record_sample_init(out);
    if (count != layout->count)
        return (count < layout->count ? count : layout->count) + 1;
    for (size_t i = 0; i < count; i++)
        if (parse_cell(field[i], layout->column[i], record, out) < 0)
            return i + 1;
    return 0;
}

int samples_csv_read(const char *path, int64_t count, struct record *record, struct err *err)
{
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    if (!file) {
        int code = -errno;
        return err_set(err, code, "%s: cannot be read: %s", path, strerror(-code));
    }
    AUTO_FREE char *line = NULL;
    size_t capacity = 0;
    int number = 1;
    struct layout layout;
    bool headed = getline(&line, &capacity, file) >= 0;
    if (headed)
        line[strcspn(line, "\n")] = '\0';
    if (!headed || read_header(line, &layout) < 0)
        return err_set(err, -EINVAL, "%s:1: does not name the columns of samples; " REMEDY, path);
    for (ssize_t length; (length = getline(&line, &capacity, file)) >= 0;) {
        number++;
        if (line[length - 1] != '\n')
            return err_set(err, -EINVAL, "%s:%d: the file is cut off in this line; " REMEDY, path,
                           number);
        line[length - 1] = '\0';
        struct record_sample sample;
        size_t wrong = parse_line(line, &layout, record, &sample);
        if (wrong)
            return err_set(err, -EINVAL, "%s:%d: column %zu is not what a sample has there", path,
                           number, wrong);
        record_add_sample(record, &sample);
    }
    if (count >= 0 && (size_t)count != record->sample_count)
        return err_set(err, -EINVAL,
                       "%s: holds %zu samples, and trial.json says %" PRId64 "; " REMEDY, path,
                       record->sample_count, count);
    return 0;
}
