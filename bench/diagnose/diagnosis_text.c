#include "diagnosis_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "fate.h"
#include "known.h"
#include "symbols_missing.h"
#include "table.h"
#include "units.h"
#include "wrap.h"

enum { SITES_SHOWN = 6, PLACES_SHOWN = 8, TEXT = 64, SITE_INDENT = 27, LINE = 1024 };

static void amount_cell(struct table *table, const struct diagnosis *diagnosis, enum moment moment)
{
    char bytes[TEXT];
    struct amount amount = diagnosis_sum(diagnosis, moment);
    if (amount.bytes == AMOUNT_NA)
        table_cell(table, TABLE_RIGHT, LOOK_DIM, "n/a");
    else if (amount.blocks == AMOUNT_NA)
        table_cell(table, TABLE_RIGHT, LOOK_PLAIN, "%s",
                   units_format_bytes((double)amount.bytes, bytes, sizeof bytes));
    else
        table_cell(table, TABLE_RIGHT, LOOK_PLAIN, "%s in %" PRId64,
                   units_format_bytes((double)amount.bytes, bytes, sizeof bytes), amount.blocks);
}

static void count_cell(struct table *table, int64_t count)
{
    if (count < 0)
        table_cell(table, TABLE_RIGHT, LOOK_DIM, "n/a");
    else
        table_cell(table, TABLE_RIGHT, LOOK_PLAIN, "%" PRId64, count);
}

static void factor_cell(struct table *table, double above, double below)
{
    if (isfinite(above / below))
        table_cell(table, TABLE_RIGHT, LOOK_PLAIN, "%.1fx", above / below);
    else
        table_cell(table, TABLE_RIGHT, LOOK_DIM, "n/a");
}

static void print_overview(const struct diagnosis *diagnoses, size_t count,
                           const struct diagnosis *plain, FILE *out, const struct text_style *style)
{
    bool on_purpose = false;
    AUTO(table) struct table table = {0};
    for (size_t i = 0; i < count; i++)
        on_purpose = on_purpose || diagnoses[i].lost_blocks > 0;
    const char *const heads[] = {"TOOL",         "LIVE WHEN QUIET",
                                 "LEFT AT EXIT", on_purpose ? "ON PURPOSE" : NULL,
                                 "CYCLES",       "CPU",
                                 "TIME"};
    table_row(&table);
    for (size_t i = 0; i < ARRAY_LENGTH(heads); i++)
        if (heads[i])
            table_cell(&table, i ? TABLE_RIGHT : TABLE_LEFT, LOOK_BOLD, "%s", heads[i]);
    for (size_t i = 0; i < count; i++) {
        const struct diagnosis *diagnosis = &diagnoses[i];
        table_row(&table);
        table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "%s", diagnosis->tool->name);
        amount_cell(&table, diagnosis, MOMENT_LIVE);
        amount_cell(&table, diagnosis, MOMENT_LOST);
        if (on_purpose)
            count_cell(&table, diagnosis->lost_blocks);
        count_cell(&table, diagnosis->cycles);
        factor_cell(&table, diagnosis->cpu_ns_per_cycle, plain->cpu_ns_per_cycle);
        factor_cell(&table, diagnosis->wall_ns_per_cycle, plain->wall_ns_per_cycle);
    }
    table_print(&table, out, style);
    wrap_print(out, style, LOOK_DIM, "", 0,
               on_purpose
                   ? "Bytes in blocks; ON PURPOSE is how many blocks the subject lost, by its "
                     "own count. CPU of the subject and time are per cycle, against a pass "
                     "without a tool."
                   : "Bytes in blocks. CPU of the subject and time are per cycle, against a "
                     "pass without a tool.");
}

static void print_site(const struct site *site, enum moment moment, int64_t all, FILE *out,
                       const struct text_style *style)
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
    wrap_print(out, style, LOOK_PLAIN, mark, SITE_INDENT, line);
    if (!site->via[0])
        return;
    (void)snprintf(line, sizeof line, "by %s", site->via);
    wrap_print(out, style, LOOK_DIM, "", SITE_INDENT, line);
}

/* How many of the sorted sites are worth a line: those with a hundredth of all. */
static size_t sites_shown(const struct diagnosis *diagnosis, enum moment moment)
{
    int64_t all = diagnosis_sum(diagnosis, moment).bytes;
    size_t shown = 0;
    while (shown < diagnosis->sites.count && shown < SITES_SHOWN &&
           100 * diagnosis->sites.list[shown].amount[moment].bytes >= all)
        shown++;
    return shown;
}

/* How to get the names of the calls in a library without symbols. */
static void print_remedy(const char *library, FILE *out, const struct text_style *style)
{
    static const char zmq[] = "libzmq.so";
    const char *name = basename(library);
    char package[TEXT];
    char line[LINE];
    (void)symbols_package(library, package, sizeof package);
    int used =
        snprintf(line, sizeof line, "%s has no symbols, so its calls have no names: ", library);
    if (strncmp(name, zmq, sizeof zmq - 1) == 0)
        (void)snprintf(line + used, sizeof line - (size_t)used,
                       "scripts/build-libzmq-with-symbols builds it once more, with them, and "
                       "says what to add here");
    else if (*package)
        (void)snprintf(line + used, sizeof line - (size_t)used,
                       "install %s (from Debian's archive of debugging symbols), or add a build "
                       "of it with -g: --libraries DIR",
                       package);
    else
        (void)snprintf(line + used, sizeof line - (size_t)used,
                       "add a build of it with -g: --libraries DIR");
    (void)fputc('\n', out);
    wrap_print(out, style, LOOK_YELLOW, "", 0, line);
}

/* Libraries without symbols among the sites that are shown, each once. */
static void print_stripped(const struct diagnosis *diagnosis, enum moment moment, FILE *out,
                           const struct text_style *style)
{
    const struct site *sites = diagnosis->sites.list;
    size_t shown = sites_shown(diagnosis, moment);
    for (size_t i = 0; i < shown; i++) {
        bool said = !site_lacks_symbols(&sites[i]);
        for (size_t j = 0; j < i && !said; j++)
            said = site_lacks_symbols(&sites[j]) &&
                   strcmp(sites[i].frame.object, sites[j].frame.object) == 0;
        if (!said)
            print_remedy(sites[i].frame.object, out, style);
    }
}

void diagnosis_print_sites(struct diagnosis *diagnosis, enum moment moment, const char *head,
                           FILE *out, const struct text_style *style)
{
    struct amount all = diagnosis_sum(diagnosis, moment);
    sites_sort(&diagnosis->sites, moment);
    (void)fprintf(out, "\n%s, by %s:\n", head, diagnosis->tool->name);
    size_t shown = sites_shown(diagnosis, moment);
    for (size_t i = 0; i < shown; i++)
        print_site(&diagnosis->sites.list[i], moment, all.bytes, out, style);
    print_stripped(diagnosis, moment, out, style);
}

static void print_places(const struct diagnosis *diagnosis, FILE *out,
                         const struct text_style *style)
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
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%5.0f %%",
                   100.0 * (double)place->free_bytes / (double)all);
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%s",
                   units_format_bytes((double)place->free_bytes, bytes, sizeof bytes));
        table_cell(&table, TABLE_LEFT, LOOK_PLAIN, "%s", place->name);
    }
    table_print(&table, out, style);
}

/* One line per reason, which may be that of several tools. */
static void print_reasons(const struct diagnosis *diagnoses, size_t count,
                          const char *(*reason)(const struct diagnosis *diagnosis, int moment),
                          int moment, const char *what, FILE *out, const struct text_style *style)
{
    for (size_t i = 0; i < count; i++) {
        const char *why = reason(&diagnoses[i], moment);
        char names[LINE] = "";
        char line[2 * LINE];
        bool said = !why;
        size_t used = 0;
        for (size_t j = 0; j < count && !said && used < sizeof names; j++) {
            const char *other = reason(&diagnoses[j], moment);
            if (!other || strcmp(other, why) != 0)
                continue;
            said = j < i;
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                                     diagnoses[j].tool->name);
        }
        if (said)
            continue;
        (void)snprintf(line, sizeof line, "%s%s: %s", names, what, why);
        wrap_print(out, style, LOOK_DIM, "", 0, line);
    }
}

static const char *why_not(const struct diagnosis *diagnosis, int moment)
{
    const char *why = diagnosis->why_not[moment];
    return *why && !diagnosis->tool->detail ? why : NULL;
}

static const char *blind(const struct diagnosis *diagnosis, int moment)
{
    return *diagnosis->why_not[moment] ? NULL : diagnosis->tool->blind;
}

static const char *program_of(const struct diagnosis *diagnosis)
{
    const char *program = record_primary(&diagnosis->record)->program;
    return program ? basename(program) : "";
}

/* Tools that cannot run the row's own build ran another one. */
static void print_stand_ins(const struct diagnosis *diagnoses, size_t count,
                            const struct diagnosis *plain, FILE *out,
                            const struct text_style *style)
{
    char line[LINE];
    for (size_t i = 0; i < count; i++) {
        const char *program = program_of(&diagnoses[i]);
        if (!*program || strcmp(program, program_of(plain)) == 0)
            continue;
        (void)snprintf(line, sizeof line,
                       "%s ran %s in place of %s: the application's calls are the same",
                       diagnoses[i].tool->name, program, program_of(plain));
        wrap_print(out, style, LOOK_DIM, "", 0, line);
    }
}

static void print_notes(const struct diagnosis *diagnoses, size_t count,
                        const struct diagnosis *plain, FILE *out, const struct text_style *style)
{
    char line[LINE];
    for (size_t i = 0; i < count; i++) {
        if (!*diagnoses[i].problem)
            continue;
        (void)snprintf(line, sizeof line, "%s failed: %s", diagnoses[i].tool->name,
                       diagnoses[i].problem);
        wrap_print(out, style, LOOK_RED, "", 0, line);
    }
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(line, sizeof line, "%s: %s", diagnoses[i].tool->name,
                       diagnoses[i].view_problem);
        if (*diagnoses[i].view_problem)
            wrap_print(out, style, LOOK_YELLOW, "", 0, line);
    }
    print_stand_ins(diagnoses, count, plain, out, style);
    print_reasons(diagnoses, count, why_not, MOMENT_LIVE, ", live when quiet n/a", out, style);
    print_reasons(diagnoses, count, why_not, MOMENT_LOST, ", left at exit n/a", out, style);
    print_reasons(diagnoses, count, blind, MOMENT_LOST, "", out, style);
}

/* Most of its bytes at calls that have a name? */
static bool names_calls(const struct diagnosis *diagnosis, enum moment moment)
{
    int64_t named = 0;
    for (size_t i = 0; i < diagnosis->sites.count; i++)
        if (diagnosis->sites.list[i].frame.function)
            named += diagnosis->sites.list[i].amount[moment].bytes;
    return 2 * named > diagnosis_sum(diagnosis, moment).bytes;
}

/* The diagnosis that tells most of a moment: names before no names, then many blocks; NULL. */
static struct diagnosis *most_telling(struct diagnosis *diagnoses, size_t count, enum moment moment)
{
    struct diagnosis *best = NULL;
    for (size_t i = 0; i < count; i++) {
        struct diagnosis *diagnosis = &diagnoses[i];
        struct amount sum = diagnosis_sum(diagnosis, moment);
        if (sum.bytes <= 0)
            continue;
        int better = !best ? 1 : names_calls(diagnosis, moment) - names_calls(best, moment);
        if (better > 0 || (better == 0 && sum.blocks > diagnosis_sum(best, moment).blocks))
            best = diagnosis;
    }
    return best;
}

void diagnosis_print(struct diagnosis *diagnoses, size_t count, const struct diagnosis *plain,
                     FILE *out, const struct text_style *style)
{
    char cause[LINE];
    print_overview(diagnoses, count, plain, out, style);
    print_notes(diagnoses, count, plain, out, style);
    struct diagnosis *lost = most_telling(diagnoses, count, MOMENT_LOST);
    struct diagnosis *live = most_telling(diagnoses, count, MOMENT_LIVE);
    if (lost)
        diagnosis_print_sites(lost, MOMENT_LOST, "Left when the program had ended", out, style);
    if (live && !fate_is_lost(diagnoses, count, plain))
        diagnosis_print_sites(live, MOMENT_LIVE, "Held when all had left and it was quiet", out,
                              style);
    for (size_t i = 0; i < count; i++) {
        if (!known_cause(&diagnoses[i], cause, sizeof cause))
            continue;
        (void)fputc('\n', out);
        wrap_print(out, style, LOOK_BOLD, "", 0, cause);
        break;
    }
    for (size_t i = 0; i < count; i++)
        print_places(&diagnoses[i], out, style);
}
