/*
 * holding_text: the table of who holds what, as texts that the terminal and Markdown lay out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "result.h"

enum { HOLDING_COLUMNS = 6, HOLDING_CELL_MAX = 64, HOLDING_NOTES_MAX = 96 };

/* Headings, on two lines and on one. */
extern const char *const holding_over[HOLDING_COLUMNS];
extern const char *const holding_title[HOLDING_COLUMNS];
extern const char *const holding_label[HOLDING_COLUMNS];

struct holding_cells {
    char text[HOLDING_COLUMNS][HOLDING_CELL_MAX];
    const char *reason[HOLDING_COLUMNS]; /* why it is n/a; NULL */
};

void holding_cells(const struct result_row *row, struct holding_cells *out);

/* True where at least one pass was run for this workload. */
bool holding_any(const struct result_workload *workload);

/* Where a sentence below the table belongs: reports in full name each tool's exact setting and the
 * call sites, a terminal only which tools there were. */
enum holding_reach { HOLDING_EVERYWHERE, HOLDING_IN_FULL, HOLDING_IN_BRIEF };

struct holding_note {
    char *text;
    enum holding_reach reach;
};

struct holding_notes {
    struct holding_note list[HOLDING_NOTES_MAX];
    size_t count;
};

void holding_notes_build(const struct result_workload *workload, struct holding_notes *out);
void holding_notes_release(struct holding_notes *notes);
DEFINE_AUTO(holding_notes, holding_notes_release)
