#include "holding_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory_stream.h"
#include "number.h"
#include "row_words.h"
#include "units.h"

const char *const holding_over[HOLDING_COLUMNS] = {"lost",  "not freed", "held quiet",
                                                   "given", "call",      "own less"};
const char *const holding_title[HOLDING_COLUMNS] = {"blocks",   "at exit", "MiB",
                                                    "back MiB", "ms",      "ledger"};
const char *const holding_label[HOLDING_COLUMNS] = {
    "lost, blocks",    "not freed at exit, blocks", "held when quiet, MiB",
    "given back, MiB", "release call, ms",          "own count less ledger"};

enum { MIB = 1024 * 1024 };

bool holding_any(const struct result_workload *workload)
{
    for (size_t i = 0; i < workload->row_count; i++)
        if (workload->rows[i].holding.not_freed.pass || workload->rows[i].holding.lost.pass ||
            workload->rows[i].holding.ledger)
            return true;
    return false;
}

/* "64 (4 KiB)" */
static void put_count(const struct holding_count *count, size_t column, struct holding_cells *out)
{
    char bytes[32];
    char *text = out->text[column];
    out->reason[column] = count->unavailable;
    if (count->unavailable)
        (void)snprintf(text, HOLDING_CELL_MAX, "n/a");
    else if (count->blocks == 0)
        (void)snprintf(text, HOLDING_CELL_MAX, "0");
    else
        (void)snprintf(text, HOLDING_CELL_MAX, "%s%" PRId64 " (%s)", count->at_most ? "<= " : "",
                       count->blocks,
                       units_format_bytes((double)count->bytes, bytes, sizeof bytes));
}

static void put_number(double value, const char *mark, const char *reason, size_t column,
                       struct holding_cells *out)
{
    char text[NUMBER_TEXT_MAX];
    (void)snprintf(out->text[column], HOLDING_CELL_MAX, "%s%s",
                   number_format(value, text, sizeof text), mark);
    out->reason[column] = isnan(value) ? reason : NULL;
}

/* "+66.9 kB", against the ledger's count; "!" where that is more than is known. */
static void put_difference(const struct result_holding *holding, size_t column,
                           struct holding_cells *out)
{
    char text[32];
    out->reason[column] = !holding->ledger ? holding->no_ledger
                          : holding->ledger->live_blocks < 0
                              ? "of several processes the ledger tells only what is live"
                              : "its allocator has no count of its own to compare";
    (void)snprintf(out->text[column], HOLDING_CELL_MAX, "n/a");
    if (!holding->ledger || holding->ledger->own_live_bytes < 0)
        return;
    int64_t difference = holding_own_difference(holding->ledger);
    out->reason[column] = NULL;
    (void)snprintf(out->text[column], HOLDING_CELL_MAX, "%s%s%s", difference < 0 ? "-" : "+",
                   units_format_bytes(fabs((double)difference), text, sizeof text),
                   holding_own_agrees(holding->ledger) == HOLDING_DISAGREES ? " !" : "");
}

void holding_cells(const struct result_row *row, struct holding_cells *out)
{
    const struct result_holding *holding = &row->holding;
    put_count(&holding->lost, 0, out);
    put_count(&holding->not_freed, 1, out);
    put_number(holding->held_quiet_bytes / MIB, holding->held_by_ledger ? "*" : "",
               holding->held_unavailable, 2, out);
    put_number(holding->given_back_bytes / MIB, "", holding->not_released, 3, out);
    put_number(holding->release_ns / 1e6, "", holding->not_released, 4, out);
    put_difference(holding, 5, out);
}

__attribute__((format(printf, 3, 4))) static void
add(struct holding_notes *notes, enum holding_reach reach, const char *format, ...)
{
    if (notes->count == HOLDING_NOTES_MAX)
        return;
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    for (size_t i = 0; i < notes->count; i++)
        if (strcmp(notes->list[i].text, text) == 0) {
            free(text);
            return;
        }
    notes->list[notes->count++] = (struct holding_note){.text = text, .reach = reach};
}

static void add_tool(struct holding_notes *notes, const struct result_row *row,
                     const struct holding_count *count)
{
    const struct pass *pass = count->pass;
    char remainder[128] = "";
    if (!pass || count->unavailable)
        return;
    if (pass->remainder_blocks > 0)
        (void)snprintf(remainder, sizeof remainder,
                       "; a clean %s reads %" PRId64 " blocks, %" PRId64
                       " bytes under it, which are taken off",
                       row->subjects[RECORD_PRIMARY].name, pass->remainder_blocks,
                       pass->remainder_bytes);
    add(notes, HOLDING_IN_FULL, "%s of %s%s%s: what is %s, in %" PRId64 " cycles%s%s%s", pass->tool,
        row->row->title ? row->row->title : row->row->allocator, pass->version ? " " : "",
        pass->version ? pass->version : "", pass_kind_names[pass->kind], pass->cycles, remainder,
        pass->setting ? "; " : "", pass->setting ? pass->setting : "");
}

/* The tools of a row: "tcmalloc 2.10: heapcheck, heapprofile". Returns the cycles they saw, or 0.
 */
static int64_t name_tools(const struct result_row *row, char *out, size_t size)
{
    const struct holding_count *counts[] = {&row->holding.lost, &row->holding.not_freed};
    const struct pass *said = NULL;
    size_t used = 0;
    for (size_t c = 0; c < ARRAY_LENGTH(counts); c++) {
        const struct pass *pass = counts[c]->pass;
        if (!pass || counts[c]->unavailable || pass == said || used >= size)
            continue;
        if (said)
            used += (size_t)snprintf(out + used, size - used, ", %s", pass->tool);
        else
            used += (size_t)snprintf(out + used, size - used, "%s %s: %s", row->row->allocator,
                                     pass->version ? pass->version : "", pass->tool);
        said = pass;
    }
    return said ? said->cycles : 0;
}

/* Rows of one allocator have the same tools: the first one where they could be read speaks for all.
 */
static bool allocator_before(const struct result_workload *workload, size_t index)
{
    char unused[256];
    for (size_t i = 0; i < index; i++)
        if (strcmp(workload->rows[i].row->allocator, workload->rows[index].row->allocator) == 0 &&
            name_tools(&workload->rows[i], unused, sizeof unused) > 0)
            return true;
    return false;
}

static void add_tools(struct holding_notes *notes, const struct result_workload *workload)
{
    char all[1024] = "";
    size_t used = 0;
    int64_t cycles = 0;
    for (size_t i = 0; i < workload->row_count && used < sizeof all; i++) {
        char tools[256];
        int64_t seen =
            allocator_before(workload, i) ? 0 : name_tools(&workload->rows[i], tools, sizeof tools);
        if (seen == 0)
            continue;
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", used ? "; " : "", tools);
        cycles = seen;
    }
    if (used > 0)
        add(notes, HOLDING_IN_BRIEF, "lost and not freed, by tool, in %" PRId64 " cycles: %s",
            cycles, all);
}

/* A control: the subject lost blocks on purpose, and each tool has to find exactly these. */
static void add_control(struct holding_notes *notes, const struct result_workload *workload)
{
    int64_t lost = 0;
    size_t tools = 0;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_holding *holding = &workload->rows[i].holding;
        const struct holding_count *counts[] = {&holding->lost, &holding->not_freed};
        for (size_t c = 0; c < 2; c++) {
            const struct pass *pass = counts[c]->pass;
            if (!pass || counts[c]->unavailable || pass->lost_blocks <= 0)
                continue;
            lost = pass->lost_blocks;
            tools++;
            if (counts[c]->blocks != pass->lost_blocks)
                add(notes, HOLDING_EVERYWHERE,
                    "%s: the %s lost %" PRId64 " blocks on purpose, but %s says %" PRId64,
                    workload->rows[i].row->name, workload->subject_names[RECORD_PRIMARY],
                    pass->lost_blocks, pass->tool, counts[c]->blocks);
        }
    }
    if (tools > 0)
        add(notes, HOLDING_EVERYWHERE,
            "control: in each of these passes the %s lost %" PRId64 " blocks on purpose",
            workload->subject_names[RECORD_PRIMARY], lost);
}

static bool judged_by_ledger(const struct result_row *row)
{
    return row->holding.held_by_ledger && row->subjects[RECORD_PRIMARY].live_by_ledger;
}

/* "* by the ledger (…), in a pass of 1344 cycles; its live curve decides the verdict of mimalloc"
 */
static void add_ledger(struct holding_notes *notes, const struct result_workload *workload)
{
    const struct pass *ledger = NULL;
    for (size_t i = 0; i < workload->row_count; i++)
        if (workload->rows[i].holding.held_by_ledger)
            ledger = workload->rows[i].holding.ledger;
    if (!ledger)
        return;
    struct memory_stream memory;
    row_say_names(memory_stream_open(&memory), workload, judged_by_ledger);
    AUTO_FREE char *names = memory_stream_close(&memory);
    add(notes, HOLDING_EVERYWHERE, "* by the ledger (%s), in one pass of %" PRId64 " cycles%s%s",
        ledger->setting, ledger->cycles, *names ? "; its live curve decides the verdict of " : "",
        names);
}

static bool own_agrees(const struct result_row *row)
{
    return holding_own_agrees(row->holding.ledger) == HOLDING_AGREES;
}

/* NULL, or what its own count is known to add where nobody can tell how much. */
static const char *unchecked(const struct result_row *row)
{
    const struct pass *ledger = row->holding.ledger;
    return holding_own_agrees(ledger) == HOLDING_UNCHECKED && ledger && ledger->own_live_bytes >= 0
               ? ledger->excess
               : NULL;
}

/* "scudo, scudo+nothp: …": one note for the rows of one reason. */
static void add_unchecked(struct holding_notes *notes, const struct result_workload *workload,
                          size_t first)
{
    const char *why = unchecked(&workload->rows[first]);
    for (size_t i = 0; i < first; i++)
        if (unchecked(&workload->rows[i]) && strcmp(unchecked(&workload->rows[i]), why) == 0)
            return;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    (void)fputs(workload->rows[first].row->name, out);
    for (size_t i = first + 1; i < workload->row_count; i++)
        if (unchecked(&workload->rows[i]) && strcmp(unchecked(&workload->rows[i]), why) == 0)
            (void)fprintf(out, ", %s", workload->rows[i].row->name);
    AUTO_FREE char *names = memory_stream_close(&memory);
    add(notes, HOLDING_EVERYWHERE,
        "%s: its own count is not held against the ledger's: it counts as live %s", names, why);
}

/* "own count and ledger agree on glibc, …; glibc counts as live the free blocks that …" */
static void add_agreement(struct holding_notes *notes, const struct result_workload *workload)
{
    char known[512] = "";
    const char *said = NULL;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        const struct pass *ledger = row->holding.ledger;
        char text[32];
        if (unchecked(row))
            add_unchecked(notes, workload, i);
        else if (own_agrees(row) && ledger->excess && (!said || strcmp(said, ledger->excess) != 0))
            (void)snprintf(known, sizeof known, "; %s counts as live %s", row->row->allocator,
                           said = ledger->excess);
        else if (holding_own_agrees(ledger) == HOLDING_DISAGREES)
            add(notes, HOLDING_EVERYWHERE,
                "! %s: its own count is off the ledger's by more than the %s it is known to add: "
                "do not rely on its live",
                row->row->name,
                units_format_bytes((double)(ledger->excess_max_bytes + HOLDING_SLACK_BYTES), text,
                                   sizeof text));
    }
    if (row_count_of(workload, own_agrees) == 0)
        return;
    struct memory_stream memory;
    row_say_names(memory_stream_open(&memory), workload, own_agrees);
    AUTO_FREE char *names = memory_stream_close(&memory);
    add(notes, HOLDING_EVERYWHERE,
        "own count and ledger agree, within what each is known to add, on %s%s", names, known);
}

static void add_profile(struct holding_notes *notes, const struct result_row *row)
{
    const struct pass *pass = row->holding.profile;
    char sites[1024] = "";
    size_t used = 0;
    if (!pass)
        return;
    if (pass->no_profile) {
        add(notes, HOLDING_EVERYWHERE, "%s: no call sites: %s", row->row->name, pass->no_profile);
        return;
    }
    int64_t all = 0;
    for (size_t i = 0; i < pass->site_count; i++)
        all += pass->sites[i].bytes;
    for (size_t i = 0; i < pass->site_count && i < 4 && used < sizeof sites; i++) {
        char bytes[32];
        const struct pass_site *site = &pass->sites[i];
        used += (size_t)snprintf(sites + used, sizeof sites - used,
                                 "%s%s %s in %" PRId64 " blocks (%.0f %%)", i ? ", " : "",
                                 site->function,
                                 units_format_bytes((double)site->bytes, bytes, sizeof bytes),
                                 site->blocks, 100.0 * (double)site->bytes / (double)all);
    }
    add(notes, HOLDING_IN_FULL,
        "%s: allocated in %" PRId64 " cycles%s and still live when quiet: %s; stacks in %s",
        row->row->name, pass->cycles,
        record_primary(&pass->record)->process_count > 0 ? ", in the process that was started,"
                                                         : "",
        sites, pass->collapsed ? pass->collapsed : "(none)");
}

/* Rows of one allocator have the same call sites: the first one speaks for them. */
static bool profiled_before(const struct result_workload *workload, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (workload->rows[i].holding.profile &&
            workload->rows[i].holding.profile->site_count > 0 &&
            strcmp(workload->rows[i].row->allocator, workload->rows[index].row->allocator) == 0)
            return true;
    return false;
}

void holding_notes_build(const struct result_workload *workload, struct holding_notes *out)
{
    *out = (struct holding_notes){.count = 0};
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        add_tool(out, row, &row->holding.lost);
        add_tool(out, row, &row->holding.not_freed);
    }
    add_tools(out, workload);
    add_ledger(out, workload);
    add_agreement(out, workload);
    add_control(out, workload);
    for (size_t i = 0; i < workload->row_count; i++)
        if (!profiled_before(workload, i))
            add_profile(out, &workload->rows[i]);
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct pass *pass = workload->rows[i].holding.profile;
        if (pass && pass->symbols && !profiled_before(workload, i))
            add(out, HOLDING_IN_FULL, "%s", pass->symbols);
    }
}

void holding_notes_release(struct holding_notes *notes)
{
    for (size_t i = 0; i < notes->count; i++)
        free(notes->list[i].text);
    *notes = (struct holding_notes){.count = 0};
}
