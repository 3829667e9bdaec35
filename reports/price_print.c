#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "deployment.h"
#include "price_list.h"
#include "table.h"
#include "wrap.h"

static void say(FILE *out, const struct text_style *style, enum text_look look, const char *text)
{
    wrap_print(out, style, look, "", 0, text);
}

static void item(FILE *out, const struct text_style *style, const char *text)
{
    wrap_print(out, style, LOOK_PLAIN, "- ", 2, text);
}

static void print_head(const struct price_list *list, FILE *out, const struct text_style *style)
{
    char text[512];
    (void)snprintf(text, sizeof text, "%s%s%s under %s: what its settings buy", list->base,
                   list->version ? " " : "", list->version ? list->version : "", list->workload);
    say(out, style, LOOK_BOLD, text);
    if (list->question)
        say(out, style, LOOK_PLAIN, list->question);
    if (list->host)
        say(out, style, LOOK_DIM, list->host);
}

static enum text_look look_of(const struct price_list *list, size_t line, size_t cost)
{
    if (list->data->unranked)
        return LOOK_PLAIN;
    switch (list->choice->line[line].effect[cost].word) {
    case TUNE_LESS:
        return LOOK_GREEN;
    case TUNE_MORE:
        return LOOK_RED;
    default:
        return LOOK_DIM;
    }
}

static enum text_look look_of_name(const struct price_list *list, size_t line)
{
    return line == (size_t)list->choice->best && !list->data->unranked ? LOOK_BOLD : LOOK_PLAIN;
}

enum { NAME_WIDTH = 28 }; /* what is longer has its value in the row below */

static size_t first_row(const char *knob)
{
    const size_t length = strcspn(knob, "+");
    return length <= NAME_WIDTH ? length : strcspn(knob, "=+");
}

/* A setting's name from its second row on: "  =134217728", "  +narenas=1". */
static void put_rest(const char *rest, enum text_look look, struct table *table)
{
    while (*rest) {
        const size_t sign = *rest == '+';
        const size_t length = *rest == '=' ? strcspn(rest, "+") : sign + first_row(rest + sign);
        table_row(table);
        table_cell(table, TABLE_LEFT, look, "  %.*s", (int)length, rest);
        rest += length;
    }
}

/* The numbers come between the name's first row and the rest of it. */
static void put_name(const struct price_list *list, size_t line, struct table *table)
{
    char name[TUNE_NAME_MAX];
    (void)price_name(list, line, name, sizeof name);
    table_row(table);
    table_cell(table, TABLE_LEFT, look_of_name(list, line), "%.*s", (int)first_row(name), name);
}

static void put_rest_of_name(const struct price_list *list, size_t line, struct table *table)
{
    char name[TUNE_NAME_MAX];
    (void)price_name(list, line, name, sizeof name);
    put_rest(name + first_row(name), look_of_name(list, line), table);
}

static void print_prices(const struct price_list *list, FILE *out, const struct text_style *style)
{
    AUTO(table) struct table table = {.row_count = 0};
    char text[PRICE_TEXT_MAX];
    table_heading(&table, TABLE_LEFT, TABLE_STAYS, "|setting");
    for (size_t c = 0; c < TUNE_COSTS; c++)
        if (list->choice->told[c]) {
            (void)snprintf(text, sizeof text, "%s|%%", tune_cost_names[c]);
            table_heading(&table, TABLE_RIGHT, TABLE_STAYS, text);
        }
    table_heading(&table, TABLE_RIGHT, TABLE_STAYS, "half|back");
    table_heading(&table, TABLE_RIGHT, 1, "|blocks");
    for (size_t i = 0; i < list->choice->count; i++) {
        if (*list->data->trouble[i] || tune_data_shared(list->data, i, TUNE_MEMORY) == 0)
            continue;
        put_name(list, i, &table);
        for (size_t c = 0; c < TUNE_COSTS; c++) {
            if (!list->choice->told[c])
                continue;
            const bool own = i == TUNE_DEFAULT;
            table_cell(&table, TABLE_RIGHT, own ? LOOK_PLAIN : look_of(list, i, c), "%s",
                       own ? price_value(list, i, c, text, sizeof text)
                           : price_cell(list, i, c, style->utf8, text, sizeof text));
        }
        table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%s",
                   price_back(list, i, style->utf8, text, sizeof text));
        table_cell(&table, TABLE_RIGHT, LOOK_DIM, "%zu",
                   tune_data_shared(list->data, i, TUNE_MEMORY));
        put_rest_of_name(list, i, &table);
    }
    (void)fputc('\n', out);
    table_print(&table, out, style);
    (void)fputc('\n', out);
    char legend[PRICE_ADVICE_MAX];
    say(out, style, LOOK_DIM, price_legend(list, legend, sizeof legend));
}

static void print_frontier(const struct price_list *list, FILE *out, const struct text_style *style)
{
    AUTO(table) struct table table = {.row_count = 0};
    char text[PRICE_TEXT_MAX];
    table_heading(&table, TABLE_LEFT, TABLE_STAYS, "frontier");
    for (size_t c = 0; c < TUNE_COSTS; c++)
        if (list->choice->told[c])
            table_heading(&table, TABLE_RIGHT, TABLE_STAYS, tune_cost_names[c]);
    for (size_t i = 0; i < list->choice->count; i++) {
        if (!list->choice->line[i].on_frontier && i != TUNE_DEFAULT)
            continue;
        put_name(list, i, &table);
        for (size_t c = 0; c < TUNE_COSTS; c++)
            if (list->choice->told[c])
                table_cell(&table, TABLE_RIGHT, LOOK_PLAIN, "%s",
                           price_value(list, i, c, text, sizeof text));
        put_rest_of_name(list, i, &table);
    }
    (void)fputc('\n', out);
    table_print(&table, out, style);
    (void)fputc('\n', out);
    say(out, style, LOOK_DIM,
        list->choice->line[TUNE_DEFAULT].on_frontier
            ? "Nothing else that was measured costs less in something and more in nothing. A gain "
              "counts when it was seen; a loss when its interval has no gain in it."
            : "Nothing else that was measured costs less in something and more in nothing; but the "
              "default, shown for comparison, is beaten so. A gain counts when it was seen; a loss "
              "when its interval has no gain in it.");
}

static void print_notes(const struct price_list *list, FILE *out, const struct text_style *style)
{
    char text[PRICE_NOTE_MAX];
    (void)fputc('\n', out);
    for (size_t cursor = 0; price_note(list, &cursor, text, sizeof text);)
        item(out, style, text);
}

/* Lines to be copied: not wrapped. */
static void print_deployment(const struct price_list *list, FILE *out)
{
    for (int way = 0; list->advised && way < DEPLOYMENT_WAYS; way++) {
        AUTO_FREE char *text =
            deployment_text(list->advised, list->advised_row, (enum deployment_way)way);
        char *rest = text;
        if (!text)
            continue;
        (void)fprintf(out, "\n%s:\n", deployment_titles[way]);
        for (char *line; (line = strsep(&rest, "\n")) && rest;)
            (void)fprintf(out, "    %s\n", line);
    }
}

void price_list_print(const struct price_list *list, FILE *out, const struct text_style *style)
{
    char advice[PRICE_ADVICE_MAX];
    print_head(list, out, style);
    print_prices(list, out, style);
    if (!list->data->unranked)
        print_frontier(list, out, style);
    print_notes(list, out, style);
    if (list->judged && !list->data->unranked)
        say(out, style, LOOK_PLAIN, list->judged->replay.sentence);
    say(out, style, LOOK_BOLD, price_advice(list, advice, sizeof advice));
    print_deployment(list, out);
}
