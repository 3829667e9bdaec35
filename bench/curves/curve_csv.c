#include <csv.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "curve_reader.h"

enum { FIELDS_MAX = 256 };

/* Columns that only a trial's samples have: which lines count. */
enum {
    COLUMN_SUBJECT = MEMORY_COLUMNS,
    COLUMN_PHASE,
    COLUMN_ROUND_END,
    COLUMN_COMMITTED, /* heap counts as far as it is committed */
    COLUMN_RESIDENT,  /* of a trial: the allocator's own figure; elsewhere it could be anybody's */
    COLUMN_IGNORED
};

static const struct column_name {
    const char *name;
    int column;
} other_names[] = {
    {"subject", COLUMN_SUBJECT},
    {"role", COLUMN_SUBJECT},
    {"phase", COLUMN_PHASE},
    {"round_end", COLUMN_ROUND_END},
    {"committed_bytes", COLUMN_COMMITTED},
    {"resident_bytes", COLUMN_RESIDENT},
    {"lazy_free_bytes", MEMORY_LAZY_FREE},
    {"rss_file_bytes", MEMORY_FILE},
    {"rss_shmem_bytes", MEMORY_SHMEM},
    {"stacks_bytes", MEMORY_STACK},
};

/* One record, which may be several lines when quoted fields hold line ends. */
struct record_text {
    char *text[FIELDS_MAX];
    size_t count;
    bool complete, too_many;
};

struct csv {
    struct curve_reader *reader;
    struct csv_parser parser;
    struct record_text record;
    int column_of[FIELDS_MAX];
    size_t column_count;
    bool chooses_lines; /* there is a subject, a phase or a round_end */
    bool decimal_comma;
    char subject[64];        /* whose lines count, once it is known */
    bool begins_before_load; /* the first row is one from before the load of a trial */
};

static int read_records(struct csv *csv);
static int feed(struct csv *csv, const char *text, size_t length);
static void take_field(void *text, size_t length, void *context);
static void take_record(int end, void *context);
static void clear(struct record_text *record);
static char find_delimiter(const char *header);
static int read_record(struct csv *csv);
static int read_header(struct csv *csv);
static int column_named(const char *name);
static void choose_subject(struct csv *csv);
static bool is_before_load(const struct csv *csv);
static bool counts(const struct csv *csv);

int curve_csv_read(struct curve_reader *reader)
{
    struct csv csv = {.reader = reader};
    unsigned char options = CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL;
    if (csv_init(&csv.parser, options) != 0)
        return err_set(reader->err, -ENOMEM, "%s: out of memory", reader->name);
    int status = read_records(&csv);
    clear(&csv.record);
    csv_free(&csv.parser);
    if (status < 0)
        return status;
    if (csv.column_count == 0)
        return err_set(reader->err, -EINVAL, "%s: empty; the first line must name the columns",
                       reader->name);
    if (csv.chooses_lines && reader->out->curve.count <= csv.begins_before_load)
        return err_set(reader->err, -EINVAL,
                       "%s: no line of the subject '%s' at ends of rounds of the churn",
                       reader->name, csv.subject);
    reader->out->axis = "cycle";
    return 0;
}

/* Whether blank or a comment is asked only where a record begins. */
static int read_records(struct csv *csv)
{
    bool inside = false;
    for (char *line; (line = curve_reader_line(csv->reader));) {
        if (!inside && (curve_reader_blank(line) || *line == '#'))
            continue;
        if (csv->column_count == 0 && !inside) {
            char delimiter = find_delimiter(line);
            csv_set_delim(&csv->parser, (unsigned char)delimiter);
            csv->decimal_comma = delimiter == ';';
        }
        int status = feed(csv, line, strlen(line));
        status = status < 0 ? status : feed(csv, "\n", 1);
        if (status < 0)
            return status;
        inside = !csv->record.complete;
        if (!inside) {
            status = read_record(csv);
            clear(&csv->record);
            if (status < 0)
                return status;
        }
    }
    if (inside)
        return curve_reader_refuse(csv->reader, 1, "a quoted field does not end");
    return 0;
}

static int feed(struct csv *csv, const char *text, size_t length)
{
    size_t parsed = csv_parse(&csv->parser, text, length, take_field, take_record, csv);
    if (parsed == length)
        return 0;
    return curve_reader_refuse(csv->reader, parsed + 1, "a quote where none can stand: %s",
                               csv_strerror(csv_error(&csv->parser)));
}

static void take_field(void *text, size_t length, void *context)
{
    struct record_text *record = &((struct csv *)context)->record;
    if (record->count == FIELDS_MAX) {
        record->too_many = true;
        return;
    }
    record->text[record->count] = strndup(text, length);
    if (!record->text[record->count++])
        abort();
}

static void take_record(int end, void *context)
{
    (void)end;
    ((struct csv *)context)->record.complete = true;
}

static void clear(struct record_text *record)
{
    for (size_t i = 0; i < record->count; i++)
        free(record->text[i]);
    *record = (struct record_text){.count = 0};
}

/* The one that stands most often in the header, outside quotes. */
static char find_delimiter(const char *header)
{
    static const char candidates[] = ",;\t";
    size_t seen[sizeof candidates] = {0};
    bool quoted = false;
    for (const char *c = header; *c; c++) {
        quoted ^= *c == '"';
        const char *found = quoted ? NULL : strchr(candidates, *c);
        if (found)
            seen[found - candidates]++;
    }
    size_t best = 0;
    for (size_t i = 1; i < sizeof candidates - 1; i++)
        best = seen[i] > seen[best] ? i : best;
    return candidates[best];
}

static int read_record(struct csv *csv)
{
    struct record_text *record = &csv->record;
    struct curve_reader *reader = csv->reader;
    if (record->too_many)
        return curve_reader_refuse(reader, 1, "more than %d columns", FIELDS_MAX);
    for (size_t i = 0; i < record->count; i++) { /* also inside quotes */
        char *text = record->text[i] + strspn(record->text[i], " \t");
        size_t length = strlen(text);
        while (length > 0 && strchr(" \t", text[length - 1]))
            length--;
        text[length] = '\0';
        memmove(record->text[i], text, length + 1);
    }
    if (csv->column_count == 0)
        return read_header(csv);
    if (record->count != csv->column_count)
        return curve_reader_refuse(reader, 1, "%zu fields where the header has %zu", record->count,
                                   csv->column_count);
    choose_subject(csv);
    bool before = is_before_load(csv);
    if (!before && !counts(csv))
        return 0;
    if (csv->begins_before_load && before)
        curve_reader_drop_row(reader); /* the last look before the load stands for all of them */
    csv->begins_before_load |= before;
    curve_reader_add_row(reader);
    for (size_t i = 0; i < record->count; i++) {
        int column = csv->column_of[i];
        double value;
        if (column == COLUMN_COMMITTED)
            column = MEMORY_HEAP;
        if (column >= MEMORY_COLUMNS)
            continue;
        int status = curve_reader_number(reader, i + 1, record->text[i], (enum memory_column)column,
                                         csv->decimal_comma, &value);
        if (status < 0)
            return status;
        if (column == MEMORY_CYCLE && isnan(value))
            return curve_reader_refuse(reader, i + 1, "a sample needs its cycle");
        if (column == MEMORY_HEAP)
            value = fmin(value, curve_reader_get(reader, MEMORY_HEAP));
        curve_reader_set(reader, (enum memory_column)column, value);
    }
    return 0;
}

static int read_header(struct csv *csv)
{
    const struct record_text *record = &csv->record;
    bool seen[COLUMN_IGNORED + 1] = {false};
    bool memory = false;
    for (size_t i = 0; i < record->count; i++) {
        int column = column_named(record->text[i]);
        if (column != COLUMN_IGNORED && seen[column])
            return curve_reader_refuse(csv->reader, i + 1, "a second column '%s'; remove one",
                                       record->text[i]);
        seen[column] = true;
        memory |= column >= MEMORY_LIVE && column < MEMORY_COLUMNS;
        csv->column_of[i] = column;
        csv->chooses_lines |= column >= COLUMN_SUBJECT && column <= COLUMN_ROUND_END;
    }
    for (size_t i = 0; i < record->count; i++) {
        int *column = &csv->column_of[i];
        if (*column == COLUMN_RESIDENT)
            *column = seen[COLUMN_SUBJECT] ? MEMORY_ALLOCATOR_RESIDENT : COLUMN_IGNORED;
    }
    if (!seen[MEMORY_CYCLE] || !memory)
        return curve_reader_refuse(
            csv->reader, 1,
            "the header must name %s; the form is cycle,elapsed_s,live_bytes,heap_bytes,rss_bytes",
            seen[MEMORY_CYCLE] ? "a column of memory, as live_bytes or rss_bytes" : "cycle");
    csv->column_count = record->count;
    return 0;
}

static int column_named(const char *name)
{
    for (int column = 0; column < MEMORY_COLUMNS; column++) {
        if (strcasecmp(name, memory_column_names[column]) == 0)
            return column;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(other_names); i++) {
        if (strcasecmp(name, other_names[i].name) == 0)
            return other_names[i].column;
    }
    return COLUMN_IGNORED;
}

/* The one that was asked for, or the first in the file. */
static void choose_subject(struct csv *csv)
{
    const char *name = csv->reader->subject;
    for (size_t i = 0; !name && i < csv->record.count; i++)
        if (csv->column_of[i] == COLUMN_SUBJECT)
            name = csv->record.text[i];
    if (name && !*csv->subject)
        (void)snprintf(csv->subject, sizeof csv->subject, "%s", name);
}

/* A look at the subject of a trial before its load: "start". */
static bool is_before_load(const struct csv *csv)
{
    bool subject = false, start = false;
    for (size_t i = 0; i < csv->record.count; i++) {
        const char *text = csv->record.text[i];
        subject |= csv->column_of[i] == COLUMN_SUBJECT && strcmp(text, csv->subject) == 0;
        start |= csv->column_of[i] == COLUMN_PHASE && strcmp(text, "start") == 0;
    }
    return subject && start;
}

/* Is the record one of the curve? */
static bool counts(const struct csv *csv)
{
    for (size_t i = 0; i < csv->record.count; i++) {
        int column = csv->column_of[i];
        const char *text = csv->record.text[i];
        if ((column == COLUMN_SUBJECT && strcmp(text, csv->subject) != 0) ||
            (column == COLUMN_PHASE && strcmp(text, "churn") != 0) ||
            (column == COLUMN_ROUND_END && strcmp(text, "0") == 0))
            return false;
    }
    return true;
}
