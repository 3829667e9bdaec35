#include "trace_text.h"

#include <inttypes.h>

#include "clock.h"
#include "originals_text.h"
#include "sparkline.h"
#include "table.h"
#include "text_style.h"
#include "units.h"

enum { CELLS = 40, PRINTED_IMAGES = 20, PRINTED_MOMENTS = 20 };

/* Classes with less of everything are left out of the printed tables. */
static const double least_share = 0.005;

static const char *bytes_text(double value, char *out, size_t size)
{
    return units_format_bytes(value, out, size);
}

/* The clock of a trace has no less than milliseconds. */
static const char *ms_text(double ms, char *out, size_t size)
{
    if (ms == 0)
        return "0 ms";
    return units_format_duration((int64_t)(ms * CLOCK_NS_PER_MS), out, size);
}

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

static void print_state(const struct trace_account *account, FILE *out)
{
    const struct trace_control *control = &account->file->control;
    if (account->file->damage)
        (void)fprintf(out, "NOT WHOLE: %s; what follows is of the part before that\n",
                      account->file->damage);
    if (control->lost_events > 0 || control->unknown_frees > 0 || control->images_unrecorded > 0)
        (void)fprintf(out,
                      "NOT COMPLETE: %" PRIu64 " events were lost, %" PRIu64
                      " frees were of blocks that it never saw, %" PRIu32
                      " programs were not recorded\n",
                      control->lost_events, control->unknown_frees, control->images_unrecorded);
    if (account->summary->miscounted_streams > 0)
        (void)fprintf(out, "NOT COMPLETE: %" PRIu64 " threads counted other calls than it has\n",
                      account->summary->miscounted_streams);
}

/* Whoever is not among those that were executed was forked. "": it is not told. */
static const char *program_of(const struct trace_facts *facts, uint32_t image)
{
    const struct trace_image *of = trace_facts_image(facts, image);
    if (of)
        return of->program ? of->program : "";
    return facts->image_count > 0 ? "forked" : "";
}

/* The command is that of the whole tree. */
static void print_title(const struct trace_account *account, FILE *out)
{
    const struct trace_file *file = account->file;
    const char *program = program_of(account->facts, account->image->number);
    (void)fprintf(out, "%s: program %" PRIu32 " of %zu", file->path, account->image->number,
                  file->image_count);
    if (file->image_count > 1 && *program)
        (void)fprintf(out, ", %s", program);
    const char *before = file->image_count > 1 ? "; recorded: " : ": ";
    for (char *const *word = account->facts->command; word && *word; word++, before = " ")
        (void)fprintf(out, "%s%s", before, *word);
    (void)fputc('\n', out);
}

static void print_head(const struct trace_account *account, FILE *out)
{
    const struct trace_summary *summary = account->summary;
    const struct trace_file *file = account->file;
    char a[64], b[64];
    const uint64_t calls = summary->allocations + summary->frees - summary->reallocs;
    print_title(account, out);
    (void)fprintf(out, "%" PRIu64 " calls by %" PRIu64 " thread%s in %s, %s of file\n", calls,
                  summary->streams, summary->streams == 1 ? "" : "s",
                  summary->duration_ms > 0 ? ms_text((double)summary->duration_ms, a, sizeof a)
                                           : "less than 1 ms",
                  bytes_text((double)file->file_bytes, b, sizeof b));
    if (account->facts->allocator)
        (void)fprintf(out, "recorded on %s %s, %" PRId64 " cores\n", account->facts->allocator,
                      account->facts->version ? account->facts->version : "",
                      account->facts->cores);
    const struct trace_image *of = trace_facts_image(account->facts, account->image->number);
    if (of && of->linked)
        (void)fprintf(out, "linked     against %s, on which it runs as it is\n", of->linked);
    if (summary->behind_end > 0)
        (void)fprintf(out,
                      "the end    after %s; %" PRIu64
                      " calls behind it, by which it leaves, are not "
                      "played\n",
                      ms_text((double)summary->end_ms, a, sizeof a), summary->behind_end);
    if (file->control.original_ns_per_ms > 0)
        (void)fprintf(out,
                      "time       %.2f of what the recording took is played: so long it took "
                      "without the recorder\n",
                      (double)file->control.original_ns_per_ms / CLOCK_NS_PER_MS);
    originals_text_print(account->facts, out);
    print_state(account, out);
}

static void print_totals(const struct trace_account *account, FILE *out)
{
    const struct trace_summary *summary = account->summary;
    char a[64], b[64], c[64];
    (void)fprintf(out,
                  "\nallocated  %s in %" PRIu64 " blocks, of them %" PRIu64 " by realloc\n"
                  "freed      %" PRIu64 ", %.1f %% of them by another thread",
                  bytes_text((double)summary->bytes, a, sizeof a), summary->allocations,
                  summary->reallocs, summary->frees,
                  100 * share(summary->foreign_frees, summary->frees));
    if (summary->inherited_frees > 0)
        (void)fprintf(out, "; %" PRIu64 " more of what a fork had left it",
                      summary->inherited_frees);
    (void)fprintf(out,
                  "\npeak       %s in %" PRIu64 " blocks, after %s\n"
                  "at the end %s in %" PRIu64 " blocks\n",
                  bytes_text((double)summary->peak_bytes, a, sizeof a), summary->peak_blocks,
                  ms_text((double)summary->peak_ms, b, sizeof b),
                  bytes_text((double)summary->end_bytes, c, sizeof c), summary->end_blocks);
    if (summary->large_blocks > 0)
        (void)fprintf(out, "written    %.0f %% of the %s in blocks of %s and more\n",
                      100 * share(summary->written_bytes, summary->large_bytes),
                      bytes_text((double)summary->large_bytes, a, sizeof a),
                      bytes_text((double)account->file->control.touch_least_bytes, b, sizeof b));
}

/* "16 B - 31 B" */
static void class_cell(struct table *table, unsigned number, bool in_ms)
{
    char a[64], b[64];
    double least = (double)summary_class_least(number);
    double next = (double)summary_class_least(number + 1);
    if (number == 0)
        table_cell(table, TABLE_LEFT, LOOK_PLAIN, in_ms ? "below 1 ms" : "0 B");
    else
        table_cell(table, TABLE_LEFT, LOOK_PLAIN, "%s to %s",
                   in_ms ? ms_text(least, a, sizeof a) : bytes_text(least, a, sizeof a),
                   in_ms ? ms_text(next, b, sizeof b) : bytes_text(next, b, sizeof b));
}

static void print_sizes(const struct trace_summary *summary, const struct text_style *style,
                        FILE *out)
{
    AUTO(table) struct table table = {.row_count = 0};
    table_heading(&table, TABLE_LEFT, TABLE_STAYS, "size of a block");
    table_heading(&table, TABLE_RIGHT, TABLE_STAYS, "blocks");
    table_heading(&table, TABLE_RIGHT, TABLE_STAYS, "% of blocks");
    table_heading(&table, TABLE_RIGHT, TABLE_STAYS, "% of bytes");
    table_heading(&table, TABLE_RIGHT, TABLE_STAYS, "% of the peak");
    for (unsigned i = 0; i < SUMMARY_CLASSES; i++) {
        double blocks = share(summary->size[i].blocks, summary->allocations);
        double bytes = share(summary->size[i].bytes, summary->bytes);
        double peak = share(summary->at_peak[i].bytes, summary->peak_bytes);
        if (blocks < least_share && bytes < least_share && peak < least_share)
            continue;
        table_row(&table);
        class_cell(&table, i, false);
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%" PRIu64, summary->size[i].blocks);
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%.1f", 100 * blocks);
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%.1f", 100 * bytes);
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%.1f", 100 * peak);
    }
    (void)fputc('\n', out);
    table_print(&table, out, style);
}

/* Lifetimes in time, or in bytes that were allocated meanwhile. */
static void print_lives(const struct trace_summary *summary, bool in_ms,
                        const struct text_style *style, FILE *out)
{
    const struct summary_class *classes = in_ms ? summary->life_ms : summary->life_bytes;
    AUTO(table) struct table table = {.row_count = 0};
    double so_far = 0;
    table_heading(&table, TABLE_LEFT, TABLE_STAYS,
                  in_ms ? "lifetime" : "lifetime, in bytes allocated meanwhile");
    table_heading(&table, TABLE_RIGHT, TABLE_STAYS, "% of blocks freed");
    table_heading(&table, TABLE_RIGHT, TABLE_STAYS, "up to here");
    for (unsigned i = 0; i < SUMMARY_CLASSES; i++) {
        double blocks = share(classes[i].blocks, summary->frees);
        so_far += blocks;
        if (blocks < least_share)
            continue;
        table_row(&table);
        class_cell(&table, i, in_ms);
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%.1f", 100 * blocks);
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%.1f", 100 * so_far);
    }
    (void)fputc('\n', out);
    table_print(&table, out, style);
}

static void print_line(const char *name, const double *values, size_t count, const char *top_text,
                       const struct text_style *style, FILE *out)
{
    char text[SPARKLINE_TEXT_MAX];
    double top = 0;
    for (size_t i = 0; i < count; i++)
        top = values[i] > top ? values[i] : top;
    (void)fprintf(out, "%-8s %s  up to %s\n", name,
                  sparkline(values, count, top, count < CELLS ? count : CELLS, style->utf8, text),
                  top_text);
}

static void print_time(const struct trace_summary *summary, const struct text_style *style,
                       FILE *out)
{
    double live[SUMMARY_BINS], events[SUMMARY_BINS], threads[SUMMARY_BINS], most = 0;
    char text[64];
    for (size_t i = 0; i < summary->bin_count; i++) {
        live[i] = (double)summary->bins[i].live_max_bytes;
        events[i] = (double)summary->bins[i].events;
        threads[i] = (double)summary->bins[i].threads_max;
        most = events[i] > most ? events[i] : most;
    }
    (void)fprintf(out, "\nover time, %s a cell or less\n",
                  ms_text((double)summary->bin_ms * (double)summary->bin_count /
                              (double)(summary->bin_count < CELLS ? summary->bin_count : CELLS),
                          text, sizeof text));
    print_line("live", live, summary->bin_count,
               bytes_text((double)summary->peak_bytes, text, sizeof text), style, out);
    (void)snprintf(text, sizeof text, "%.0f calls/s", most * 1000 / (double)summary->bin_ms);
    print_line("calls", events, summary->bin_count, text, style, out);
    (void)snprintf(text, sizeof text, "%" PRIu64, summary->threads_max);
    print_line("threads", threads, summary->bin_count, text, style, out);
}

static void print_moment(double ms, const char *text, FILE *out)
{
    char time[64];
    (void)fprintf(out, "%12s  %s\n", ms_text(ms, time, sizeof time), text);
}

static void print_rest(uint64_t count, FILE *out)
{
    if (count > PRINTED_MOMENTS)
        (void)fprintf(out, "%12s  and %" PRIu64 " more\n", "", count - PRINTED_MOMENTS);
}

/* What the program said of itself, and what was done to it: where to cut. */
static void print_moments(const struct trace_account *account, FILE *out)
{
    const struct trace_summary *summary = account->summary;
    const struct trace_facts *facts = account->facts;
    if (facts->workload && facts->phase_count > 0) /* else they have lost their names */
        (void)fprintf(out, "\nphases of %s\n", facts->workload);
    for (size_t i = 0; facts->workload && i < facts->phase_count && i < PRINTED_MOMENTS; i++)
        print_moment((double)facts->phases[i].ms - (double)summary->first_ms,
                     facts->phases[i].name ? facts->phases[i].name : "", out);
    if (summary->mark_count > 0)
        (void)fputs("\nmarks of the program\n", out);
    for (size_t i = 0; i < summary->mark_count && i < PRINTED_MOMENTS; i++)
        print_moment((double)summary->marks[i].ms, summary->marks[i].text, out);
    print_rest(summary->mark_count, out);
}

static void print_images(const struct trace_account *account, FILE *out)
{
    const struct trace_file *file = account->file;
    if (file->image_count < 2)
        return;
    (void)fputs("\nprograms (--image N tells of another one)\n", out);
    for (size_t i = 0; i < file->image_count && i < PRINTED_IMAGES; i++) {
        const struct traced_image *image = &file->images[i];
        const char *program = program_of(account->facts, image->number);
        (void)fprintf(out,
                      "%4" PRIu32 "  %" PRIu32 " thread%s, %" PRIu64 " bytes of events%s%s%s\n",
                      image->number, image->streams, image->streams == 1 ? "" : "s",
                      image->event_bytes, *program ? "  " : "", program,
                      image == trace_file_main_image(file) ? "  <- replayed" : "");
    }
    if (file->image_count > PRINTED_IMAGES)
        (void)fprintf(out, "      and %zu more\n", file->image_count - PRINTED_IMAGES);
}

void trace_text_print(const struct trace_account *account, FILE *out)
{
    struct text_style style;
    text_style_detect(out, &style);
    print_head(account, out);
    print_totals(account, out);
    print_sizes(account->summary, &style, out);
    print_lives(account->summary, true, &style, out);
    print_lives(account->summary, false, &style, out);
    print_time(account->summary, &style, out);
    print_moments(account, out);
    print_images(account, out);
}
