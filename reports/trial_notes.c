#include "trial_notes.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory_stream.h"

/* All notes of a workload in one list, row by row. */
struct place {
    const struct result_row *row;
    const struct result_note *note;
};

static bool find_place(const struct result_workload *workload, size_t index, struct place *out)
{
    for (size_t r = 0; r < workload->row_count; r++) {
        const struct result_row *row = &workload->rows[r];
        if (index < row->note_count) {
            *out = (struct place){row, &row->notes[index]};
            return true;
        }
        index -= row->note_count;
    }
    return false;
}

static bool alike(const struct result_note *a, const struct result_note *b)
{
    bool by_kind = a->kind == NOTE_NOISY || a->kind == NOTE_REPEATED;
    return a->kind == b->kind && (by_kind || strcmp(a->reason, b->reason) == 0);
}

static size_t count_alike(const struct result_row *row, const struct result_note *note)
{
    size_t count = 0;
    for (size_t i = 0; i < row->note_count; i++)
        count += alike(&row->notes[i], note);
    return count;
}

static bool said_before(const struct result_workload *workload, size_t index)
{
    struct place here = {NULL, NULL}, earlier;
    if (!find_place(workload, index, &here))
        return false;
    for (size_t i = 0; i < index; i++)
        if (find_place(workload, i, &earlier) && alike(earlier.note, here.note))
            return true;
    return false;
}

/* "glibc 3, mimalloc 2", or "3 of each row". */
static void say_rows(const struct result_workload *workload, const struct result_note *note,
                     FILE *out)
{
    size_t of_first = count_alike(&workload->rows[0], note);
    bool even = workload->row_count > 1;
    const char *before = "";
    for (size_t r = 0; r < workload->row_count; r++)
        even = even && count_alike(&workload->rows[r], note) == of_first;
    if (even)
        (void)fprintf(out, "%zu of each row", of_first);
    for (size_t r = 0; r < workload->row_count && !even; r++) {
        size_t of_row = count_alike(&workload->rows[r], note);
        if (of_row == 0)
            continue;
        (void)fprintf(out, "%s%s %zu", before, workload->rows[r].row->name, of_row);
        before = ", ";
    }
}

/* "5 trials (glibc 3, mimalloc 2), such as "; nothing for a single one. */
static void say_many(const struct result_workload *workload, const struct result_note *note,
                     FILE *out)
{
    size_t count = 0;
    for (size_t r = 0; r < workload->row_count; r++)
        count += count_alike(&workload->rows[r], note);
    if (count < 2)
        return;
    (void)fprintf(out, "%zu trials (", count);
    say_rows(workload, note, out);
    (void)fputs("), such as ", out);
}

char *trial_notes_next(const struct result_workload *workload, size_t *cursor)
{
    struct place place;
    while (said_before(workload, *cursor))
        ++*cursor;
    if (!find_place(workload, *cursor, &place))
        return NULL;
    ++*cursor;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    (void)fprintf(out, "%s: ", result_note_names[place.note->kind]);
    say_many(workload, place.note, out);
    (void)fprintf(out, "%s, block %lld", place.row->row->name, (long long)place.note->block);
    if (place.note->attempt > 0)
        (void)fprintf(out, ", attempt %lld", (long long)place.note->attempt);
    (void)fprintf(out, ": %s", place.note->reason);
    return memory_stream_close(&memory);
}
