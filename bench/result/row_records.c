#include "row_records.h"

#include <stdlib.h>
#include <string.h>

#include "equal_work.h"
#include "text.h"

static void add_note(struct result_row *row, enum result_note_kind kind, int64_t block,
                     int64_t attempt, const char *reason)
{
    row->notes[row->note_count++] = (struct result_note){
        .kind = kind,
        .block = block,
        .attempt = attempt,
        .reason = reason ? reason : "no reason was recorded",
    };
}

/* A valid trial that did other work than the rest is none. Its row keeps the first sentence. */
static bool other_work(const struct equal_work *agreed, struct result_row *row,
                       const struct record *record)
{
    char text[256];
    if (record->outcome != RECORD_VALID || equal_work_done(agreed, record, text, sizeof text))
        return false;
    if (!row->other_work)
        row->other_work = text_own(text);
    row->invalid++;
    add_note(row, NOTE_INVALID, record->block, record->attempt, row->other_work);
    return true;
}

/* Attempts come in order, so that the last valid one is the last one seen. */
static void count_attempt(const struct equal_work *agreed, struct result_row *row,
                          const struct record *record, const struct record **counted)
{
    if (other_work(agreed, row, record))
        return;
    switch (record->outcome) {
    case RECORD_VALID:
        if (*counted) {
            row->repeated++;
            add_note(row, NOTE_REPEATED, (*counted)->block, (*counted)->attempt,
                     (*counted)->noise.reason);
        }
        *counted = record;
        break;
    case RECORD_INVALID:
        row->invalid++;
        add_note(row, NOTE_INVALID, record->block, record->attempt, record->reason);
        break;
    case RECORD_FAILED:
        row->failed++;
        add_note(row, NOTE_FAILED, record->block, record->attempt, record->reason);
        break;
    }
}

/* Records of a row under a workload, block by block: those of block b are list[first[b]] up to
 * list[first[b + 1]], in the order in which they are stored. */
struct of_blocks {
    const struct record **list;
    size_t *first;
};

static bool is_of(const struct stored_run *stored, const struct record *record,
                  const char *workload, const struct result_row *row)
{
    return record->block >= 1 && record->block <= stored->run.blocks &&
           strcmp(record->row, row->row->name) == 0 && strcmp(record->workload, workload) == 0;
}

static void sort_by_block(const struct stored_run *stored, const char *workload,
                          const struct result_row *row, struct of_blocks *out)
{
    const size_t blocks = (size_t)stored->run.blocks;
    out->list = calloc(stored->record_count + 1, sizeof(void *));
    out->first = calloc(blocks + 3, sizeof *out->first);
    if (!out->list || !out->first)
        abort();
    for (size_t i = 0; i < stored->record_count; i++)
        if (is_of(stored, &stored->records[i], workload, row))
            out->first[stored->records[i].block + 2]++;
    for (size_t block = 1; block <= blocks + 2; block++)
        out->first[block] += out->first[block - 1];
    /* While it is filled, first[b + 1] is where the next one of block b goes. */
    for (size_t i = 0; i < stored->record_count; i++)
        if (is_of(stored, &stored->records[i], workload, row))
            out->list[out->first[stored->records[i].block + 1]++] = &stored->records[i];
}

void row_records_choose(const struct stored_run *stored, const char *workload,
                        struct result_row *row)
{
    struct equal_work agreed;
    struct of_blocks of;
    equal_work_find(stored, workload, &agreed);
    sort_by_block(stored, workload, row, &of);
    for (int64_t block = 1; block <= stored->run.blocks; block++) {
        const struct record *counted = NULL;
        const size_t attempts = of.first[block + 1] - of.first[block];
        for (size_t i = of.first[block]; i < of.first[block + 1]; i++)
            count_attempt(&agreed, row, of.list[i], &counted);
        if (!counted) {
            row->missing++;
            if (attempts == 0)
                add_note(row, NOTE_MISSING, block, 0, "the trial was not run");
            continue;
        }
        row->records[row->valid++] = counted;
        if (counted->noise.noisy) {
            row->noisy++;
            add_note(row, NOTE_NOISY, block, counted->attempt, counted->noise.reason);
        }
    }
    free(of.list);
    free(of.first);
}
