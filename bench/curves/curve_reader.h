/*
 * curve_reader: what the readers of the forms of curve_file.h share. Internal to curves.
 *
 * The text of a file is cut into lines in place, whatever ends them (LF, CR LF or CR), numbered
 * from
 * 1. Rows are added cell by cell; a cell that is not set is not known.
 */
#pragma once

#include "curve_file.h"

struct curve_reader {
    const char *name;
    const char *subject;
    char *next; /* the rest of the text */
    size_t line_number;
    struct curve_file *out;
    size_t *line_of_row;
    size_t capacity;
    struct err *err;
};

/* The next line, without its end, or NULL. Belongs to the text. */
char *curve_reader_line(struct curve_reader *reader);

/* Is the line empty but for spaces and tabs? */
bool curve_reader_blank(const char *line);

void curve_reader_add_row(struct curve_reader *reader);
void curve_reader_drop_row(struct curve_reader *reader); /* the last one */
/* Of the row added last. */
double curve_reader_get(const struct curve_reader *reader, enum memory_column column);
void curve_reader_set(struct curve_reader *reader, enum memory_column column, double value);

/* -EINVAL and "name:line:column: …" of the current line. */
int curve_reader_refuse(const struct curve_reader *reader, size_t position, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A cell of `column`: a number, or NaN where it says it is not known. `decimal_comma`: 1,5 is
 * 1.5. */
int curve_reader_number(const struct curve_reader *reader, size_t position, const char *text,
                        enum memory_column column, bool decimal_comma, double *out);

/* The forms. The reader stands at the first line. */
int curve_csv_read(struct curve_reader *reader);
int curve_psrecord_read(struct curve_reader *reader);
int curve_rollup_read(struct curve_reader *reader);
