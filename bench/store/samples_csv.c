#include "samples_csv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"

enum { FIXED_COLUMNS = 7, COLUMNS = FIXED_COLUMNS + ALLOCATOR_STAT_COUNT, HEADER_MAX = 512 };

#define REMEDY "copy it again, or remove its folder and finish the run with --resume"

/* The first line of the file, without its end. */
static const char *header(char out[HEADER_MAX])
{
    size_t used = (size_t)snprintf(
        out, HEADER_MAX, "elapsed_ns,cycle,subject,phase,round_end,rss_bytes,rss_anon_bytes");
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        used += (size_t)snprintf(out + used, HEADER_MAX - used, ",%s", allocator_stat_names[i]);
    return out;
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
    char names[HEADER_MAX];
    (void)fprintf(file, "%s\n", header(names));
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        (void)fprintf(file, "%" PRId64, sample->elapsed_ns);
        write_number(file, sample->cycle);
        (void)fprintf(file, ",%s,%s,%d", record_role_names[sample->role],
                      record_phase_names[sample->phase], sample->at_round_end);
        write_number(file, sample->rss_bytes);
        write_number(file, sample->rss_anon_bytes);
        for (int s = 0; s < ALLOCATOR_STAT_COUNT; s++)
            write_number(file, sample->stat[s]);
        (void)fputc('\n', file);
    }
    return ferror(file) ? -EIO : 0;
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

/* 0, or the number of the column (from 1) that is wrong. */
static int parse_line(char *line, struct record_sample *out)
{
    char *field[COLUMNS];
    int columns = 0;
    for (char *rest = line, *next; (next = strsep(&rest, ",")) != NULL;) {
        if (columns == COLUMNS)
            return COLUMNS;
        field[columns++] = next;
    }
    if (columns != COLUMNS)
        return columns + 1;
    int role = find_name(field[2], record_role_names);
    int phase = find_name(field[3], record_phase_names);
    if (role < 0 || phase < 0)
        return role < 0 ? 3 : 4;
    out->role = (enum record_role)role;
    out->phase = (enum record_phase)phase;
    int64_t round_end = 0;
    struct {
        int column;
        int64_t *into;
    } numbers[] = {{0, &out->elapsed_ns},
                   {1, &out->cycle},
                   {4, &round_end},
                   {5, &out->rss_bytes},
                   {6, &out->rss_anon_bytes}};
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
        if (parse_number(field[numbers[i].column], numbers[i].into) < 0)
            return numbers[i].column + 1;
    for (int s = 0; s < ALLOCATOR_STAT_COUNT; s++)
        if (parse_number(field[FIXED_COLUMNS + s], &out->stat[s]) < 0)
            return FIXED_COLUMNS + s + 1;
    out->at_round_end = round_end == 1;
    return 0;
}

static bool is_header(const char *line)
{
    char names[HEADER_MAX];
    size_t length = strlen(header(names));
    return strncmp(line, names, length) == 0 && strcmp(line + length, "\n") == 0;
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
    if (getline(&line, &capacity, file) < 0 || !is_header(line))
        return err_set(err, -EINVAL, "%s:1: does not name the columns of samples; " REMEDY, path);
    for (ssize_t length; (length = getline(&line, &capacity, file)) >= 0;) {
        number++;
        if (line[length - 1] != '\n')
            return err_set(err, -EINVAL, "%s:%d: the file is cut off in this line; " REMEDY, path,
                           number);
        line[length - 1] = '\0';
        struct record_sample sample;
        int wrong = parse_line(line, &sample);
        if (wrong)
            return err_set(err, -EINVAL, "%s:%d: column %d is not what a sample has there", path,
                           number, wrong);
        record_add_sample(record, &sample);
    }
    if (count >= 0 && (size_t)count != record->sample_count)
        return err_set(err, -EINVAL,
                       "%s: holds %zu samples, and trial.json says %" PRId64 "; " REMEDY, path,
                       record->sample_count, count);
    return 0;
}
