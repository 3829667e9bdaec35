#include "diagnosis_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "known.h"
#include "resolve.h"
#include "table.h"
#include "units.h"
#include "wrap.h"

enum { SITES_SHOWN = 6, PLACES_SHOWN = 8, TEXT = 64, SITE_INDENT = 27 };

static void amount_cell(struct table *table, const struct diagnosis *diagnosis, enum moment moment)
{
    char bytes[TEXT];
    struct amount amount = diagnosis_sum(diagnosis, moment);
    if (amount.bytes == AMOUNT_NA)
        table_cell(table, TABLE_RIGHT, TABLE_DIM, "n/a");
    else if (amount.blocks == AMOUNT_NA)
        table_cell(table, TABLE_RIGHT, TABLE_PLAIN, "%s",
                   units_format_bytes((double)amount.bytes, bytes, sizeof bytes));
    else
        table_cell(table, TABLE_RIGHT, TABLE_PLAIN, "%s in %" PRId64,
                   units_format_bytes((double)amount.bytes, bytes, sizeof bytes), amount.blocks);
}

static void factor_cell(struct table *table, double above, double below)
{
    if (isfinite(above / below))
        table_cell(table, TABLE_RIGHT, TABLE_PLAIN, "%.1fx", above / below);
    else
        table_cell(table, TABLE_RIGHT, TABLE_DIM, "n/a");
}

static void print_overview(const struct diagnosis *diagnoses, size_t count,
                           const struct diagnosis *plain, FILE *out,
                           const struct report_style *style)
{
    static const char *const heads[] = {
        "TOOL", "LIVE WHEN QUIET", "LEFT AT EXIT", "ON PURPOSE", "CYCLES", "CPU", "TIME"};
    AUTO(table) struct table table = {0};
    table_row(&table);
    for (size_t i = 0; i < ARRAY_LENGTH(heads); i++)
        table_cell(&table, i ? TABLE_RIGHT : TABLE_LEFT, TABLE_BOLD, "%s", heads[i]);
    for (size_t i = 0; i < count; i++) {
        const struct diagnosis *diagnosis = &diagnoses[i];
        table_row(&table);
        table_cell(&table, TABLE_LEFT, TABLE_PLAIN, "%s", diagnosis->tool->name);
        amount_cell(&table, diagnosis, MOMENT_LIVE);
        amount_cell(&table, diagnosis, MOMENT_LOST);
        if (diagnosis->lost_blocks < 0)
            table_cell(&table, TABLE_RIGHT, TABLE_DIM, "n/a");
        else
            table_cell(&table, TABLE_RIGHT, TABLE_PLAIN, "%" PRId64, diagnosis->lost_blocks);
        table_cell(&table, TABLE_RIGHT, TABLE_PLAIN, "%" PRId64, diagnosis->cycles);
        factor_cell(&table, diagnosis->cpu_ns_per_cycle, plain->cpu_ns_per_cycle);
        factor_cell(&table, diagnosis->wall_ns_per_cycle, plain->wall_ns_per_cycle);
    }
    table_print(&table, out, style);
    wrap_print(out, style, TABLE_DIM, "", 0,
               "Bytes in blocks. CPU (of the peer) and time are per cycle, against a pass without "
               "a tool; ON PURPOSE is what the peer lost, as it counted itself.");
}

static void print_site(const struct site *site, enum moment moment, int64_t all, FILE *out,
                       const struct report_style *style)
{
    char bytes[TEXT];
    char line[512];
    char mark[2 * TEXT];
    char blocks[TEXT] = "";
    const struct amount *amount = &site->amount[moment];
    if (amount->blocks != AMOUNT_NA)
        (void)snprintf(blocks, sizeof blocks, "in %" PRId64, amount->blocks);
    (void)snprintf(mark, sizeof mark, "%5.0f %% %9s %-8s ",
                   all > 0 ? 100.0 * (double)amount->bytes / (double)all : 0.0,
                   units_format_bytes((double)amount->bytes, bytes, sizeof bytes), blocks);
    (void)snprintf(line, sizeof line, "%s %s", site->where, site->source);
    wrap_print(out, style, TABLE_PLAIN, mark, SITE_INDENT, line);
    if (!site->via[0])
        return;
    (void)snprintf(line, sizeof line, "by %s", site->via);
    wrap_print(out, style, TABLE_DIM, "", SITE_INDENT, line);
}

static void print_sites(struct diagnosis *diagnosis, enum moment moment, FILE *out,
                        const struct report_style *style)
{
    struct amount all = diagnosis_sum(diagnosis, moment);
    if (all.bytes <= 0)
        return;
    sites_sort(&diagnosis->sites, moment);
    (void)fprintf(out, "\n%s, by %s:\n",
                  moment == MOMENT_LIVE ? "Held when all had left and it was quiet"
                                        : "Left when the program had ended",
                  diagnosis->tool->name);
    size_t shown = 0;
    for (size_t i = 0; i < diagnosis->sites.count && shown < SITES_SHOWN; i++) {
        const struct site *site = &diagnosis->sites.list[i];
        if (100 * site->amount[moment].bytes < all.bytes)
            break;
        print_site(site, moment, all.bytes, out, style);
        shown++;
    }
}

/* Libraries without symbols among the sites that matter. */
static void print_stripped(const struct diagnosis *diagnosis, enum moment moment, FILE *out,
                           const struct report_style *style)
{
    const char *said = NULL;
    for (size_t i = 0; i < diagnosis->sites.count && i < SITES_SHOWN; i++) {
        const struct site *site = &diagnosis->sites.list[i];
        char package[TEXT];
        char line[512];
        if (site->frame.function || !site->frame.object || site->amount[moment].bytes <= 0 ||
            (said && strcmp(said, site->frame.object) == 0))
            continue;
        said = site->frame.object;
        (void)resolve_package(said, package, sizeof package);
        (void)snprintf(line, sizeof line,
                       "%s has no symbols, so its calls have no names: install %s, or give a "
                       "build of it with -g: --libraries DIR",
                       said, *package ? package : "its debugging symbols");
        (void)fputc('\n', out);
        wrap_print(out, style, TABLE_YELLOW, "", 0, line);
    }
}

static void print_places(const struct diagnosis *diagnosis, FILE *out,
                         const struct report_style *style)
{
    int64_t all = 0;
    AUTO(table) struct table table = {0};
    for (size_t i = 0; i < diagnosis->places.count; i++)
        all += diagnosis->places.list[i].free_bytes;
    if (all == 0)
        return;
    (void)fprintf(out, "\nWhere free memory sits, by the allocator's own statistics:\n");
    for (size_t i = 0; i < diagnosis->places.count && i < PLACES_SHOWN; i++) {
        const struct place_row *place = &diagnosis->places.list[i];
        char bytes[TEXT];
        table_row(&table);
        table_cell(&table, TABLE_RIGHT, TABLE_PLAIN, "%5.0f %%",
                   100.0 * (double)place->free_bytes / (double)all);
        table_cell(&table, TABLE_RIGHT, TABLE_PLAIN, "%s",
                   units_format_bytes((double)place->free_bytes, bytes, sizeof bytes));
        table_cell(&table, TABLE_LEFT, TABLE_PLAIN, "%s", place->name);
    }
    table_print(&table, out, style);
}

static void print_why_not(const struct diagnosis *diagnosis, FILE *out,
                          const struct report_style *style)
{
    char line[2 * DIAGNOSE_TEXT_MAX];
    if (*diagnosis->problem) {
        (void)snprintf(line, sizeof line, "%s failed: %s", diagnosis->tool->name,
                       diagnosis->problem);
        wrap_print(out, style, TABLE_RED, "", 0, line);
    }
    for (int moment = 0; moment < MOMENT_TOTAL; moment++) {
        const char *why = diagnosis->why_not[moment];
        if (!*why || diagnosis->tool->detail)
            continue;
        (void)snprintf(line, sizeof line, "%s, %s n/a: %s", diagnosis->tool->name,
                       moment == MOMENT_LIVE ? "live when quiet" : "left at exit", why);
        wrap_print(out, style, TABLE_DIM, "", 0, line);
    }
}

/* The diagnosis that tells most bytes of a moment, names before no names; NULL. */
static struct diagnosis *most_telling(struct diagnosis *diagnoses, size_t count, enum moment moment)
{
    struct diagnosis *best = NULL;
    int64_t best_blocks = -2;
    for (size_t i = 0; i < count; i++) {
        struct amount sum = diagnosis_sum(&diagnoses[i], moment);
        if (sum.bytes > 0 && sum.blocks > best_blocks) {
            best = &diagnoses[i];
            best_blocks = sum.blocks;
        }
    }
    return best;
}

void diagnosis_print(struct diagnosis *diagnoses, size_t count, const struct diagnosis *plain,
                     FILE *out, const struct report_style *style)
{
    char cause[1024];
    print_overview(diagnoses, count, plain, out, style);
    for (size_t i = 0; i < count; i++)
        print_why_not(&diagnoses[i], out, style);
    struct diagnosis *lost = most_telling(diagnoses, count, MOMENT_LOST);
    struct diagnosis *live = most_telling(diagnoses, count, MOMENT_LIVE);
    if (lost)
        print_sites(lost, MOMENT_LOST, out, style);
    if (live) {
        print_sites(live, MOMENT_LIVE, out, style);
        print_stripped(live, MOMENT_LIVE, out, style);
    }
    for (size_t i = 0; i < count; i++) {
        if (!known_cause(&diagnoses[i], cause, sizeof cause))
            continue;
        (void)fputc('\n', out);
        wrap_print(out, style, TABLE_BOLD, "", 0, cause);
        break;
    }
    for (size_t i = 0; i < count; i++)
        print_places(&diagnoses[i], out, style);
}
