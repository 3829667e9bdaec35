#include <math.h>

#include "comparison_text.h"
#include "json_build.h"
#include "markdown.h"
#include "replay_rule.h"
#include "row_words.h"
#include "sections.h"

#define REMARK                                                                        \
    "vs: ratio to that row of the %s's anonymous RSS%s, below it the 95 %% interval " \
    "over blocks; less is better, without a word it is undecided."

#define REMARK_OF_ONE                                                     \
    "vs: ratio to that row of the %s's anonymous RSS%s; less is better. " \
    "Without two blocks there is no interval, and nothing is decided."

/* In a table of 80 columns. */
#define NOT_TOLD_APART "~"

static void add_pair(const struct result_workload *workload, size_t row, size_t reference,
                     struct table *table);

/* What is compared beside memory. */
static const char *costs(const struct result_workload *workload)
{
    return comparison_shown(workload, COMPARED_METRICS - 1) ? ", CPU and join p99" : " and CPU";
}

/* Of one block there is none. */
static bool has_intervals(const struct result_workload *workload)
{
    const struct result_comparison *first = &workload->comparisons[0];
    for (size_t i = 0; i < first->pair_count; i++)
        if (!isnan(first->pairs[i].low))
            return true;
    return false;
}

void section_comparison_terminal(const struct result_workload *workload, struct terminal *terminal)
{
    static const int ranks[COMPARED_METRICS] = {2, TABLE_STAYS, 3, TABLE_STAYS, 1};
    AUTO(table) struct table table = {.row_count = 0};
    char title[COMPARISON_TEXT_MAX];
    size_t reference = comparison_reference(workload);
    (void)snprintf(title, sizeof title, "vs %s", workload->rows[reference].row->name);
    table_heading(&table, TABLE_LEFT, TABLE_STAYS, title);
    for (size_t i = 0; i < COMPARED_METRICS; i++)
        if (comparison_shown(workload, i))
            table_heading(&table, TABLE_LEFT, ranks[i], comparison_titles[i]);
    for (size_t row = 0; row < workload->row_count; row++)
        if (row != reference && row_measured(&workload->rows[row]))
            add_pair(workload, row, reference, &table);
    if (table.row_count == 0)
        return;
    terminal_table(terminal, &table);
    char remark[512];
    const char *name = workload->subject_names[RECORD_PRIMARY];
    if (has_intervals(workload))
        (void)snprintf(remark, sizeof remark, REMARK, name, costs(workload));
    else
        (void)snprintf(remark, sizeof remark, REMARK_OF_ONE, name, costs(workload));
    terminal_remark(terminal, remark);
    AUTO_FREE char *rule = replay_rule_remark(&workload->replay);
    if (rule && replay_rule_ranks(&workload->replay))
        (void)snprintf(remark, sizeof remark, NOT_TOLD_APART ": %s", rule);
    else if (rule)
        (void)snprintf(remark, sizeof remark, "%s", rule);
    if (rule)
        terminal_remark(terminal, remark);
    AUTO_FREE char *others = comparison_others(workload, reference);
    if (others)
        terminal_say(terminal, LOOK_PLAIN, others);
}

static void add_pair(const struct result_workload *workload, size_t row, size_t reference,
                     struct table *table)
{
    static const enum text_look looks[COMPARISON_WORDS] = {
        [COMPARISON_UNDECIDED] = LOOK_PLAIN,
        [COMPARISON_SAME] = LOOK_PLAIN,
        [COMPARISON_BETTER] = LOOK_GREEN,
        [COMPARISON_WORSE] = LOOK_RED,
    };
    char text[COMPARISON_TEXT_MAX];
    table_row(table);
    table_cell(table, TABLE_LEFT, LOOK_PLAIN, "%s", workload->rows[row].row->name);
    for (size_t i = 0; i < COMPARED_METRICS; i++) {
        struct comparison pair = compare_metrics_pair(&workload->comparisons[i], row, reference);
        bool untold = pair.word == COMPARISON_NOT_TOLD_APART;
        const char *word = untold ? NOT_TOLD_APART : comparison_word(&pair);
        if (!comparison_shown(workload, i))
            continue;
        table_cell(table, TABLE_LEFT, looks[pair.word], "%s%s%s",
                   comparison_ratio(&pair, text, sizeof text), *word ? " " : "", word);
    }
    if (!has_intervals(workload))
        return;
    table_row(table);
    table_cell(table, TABLE_LEFT, LOOK_DIM, "%s", "");
    for (size_t i = 0; i < COMPARED_METRICS; i++) {
        struct comparison pair = compare_metrics_pair(&workload->comparisons[i], row, reference);
        if (comparison_shown(workload, i))
            table_cell(table, TABLE_LEFT, LOOK_DIM, "%s",
                       comparison_interval(&pair, "-", text, sizeof text));
    }
}

static void put_cell(FILE *out, const struct comparison *pair)
{
    char ratio[COMPARISON_TEXT_MAX], interval[COMPARISON_TEXT_MAX];
    const char *word = comparison_word(pair);
    (void)fprintf(out, " %s", comparison_ratio(pair, ratio, sizeof ratio));
    if (*comparison_interval(pair, "–", interval, sizeof interval))
        (void)fprintf(out, " (%s)", interval);
    (void)fprintf(out, "%s%s |", *word ? " " : "", word);
}

void section_comparison_markdown(const struct result_workload *workload, FILE *out)
{
    if (workload->row_count < 2)
        return;
    (void)fprintf(out,
                  "Rows against each other, 1 is equal and less is better: anonymous RSS of the %s "
                  "(peak, end, quiet)%s",
                  workload->subject_names[RECORD_PRIMARY], costs(workload));
    (void)fputs(has_intervals(workload)
                    ? ", with 95 % intervals; without a word: undecided"
                    : "; without two blocks there is no interval, and nothing is decided",
                out);
    AUTO_FREE char *rule = replay_rule_remark(&workload->replay);
    (void)fprintf(out, ".%s%s\n\n| row | against |", rule ? " " : "", rule ? rule : "");
    for (size_t i = 0; i < COMPARED_METRICS; i++)
        if (comparison_shown(workload, i))
            (void)fprintf(out, " %s |", comparison_titles[i]);
    (void)fputs("\n|---|---|", out);
    for (size_t i = 0; i < COMPARED_METRICS; i++)
        (void)fputs(comparison_shown(workload, i) ? "---|" : "", out);
    for (size_t p = 0; p < workload->comparisons[0].pair_count; p++) {
        const struct comparison *pair = &workload->comparisons[0].pairs[p];
        (void)fputs("\n| ", out);
        markdown_text(out, workload->rows[pair->row].row->name);
        (void)fputs(" | ", out);
        markdown_text(out, workload->rows[pair->reference].row->name);
        (void)fputs(" |", out);
        for (size_t i = 0; i < COMPARED_METRICS; i++)
            if (comparison_shown(workload, i))
                put_cell(out, &workload->comparisons[i].pairs[p]);
    }
    (void)fputs("\n\n", out);
}

json_t *section_comparison_json(const struct result_workload *workload)
{
    json_t *array = json_build(json_array());
    for (size_t i = 0; i < COMPARED_METRICS; i++) {
        const struct result_comparison *comparison = &workload->comparisons[i];
        for (size_t p = 0; p < comparison->pair_count; p++) {
            const struct comparison *pair = &comparison->pairs[p];
            json_t *json = json_build(json_object());
            json_build_put(json, "metric", json_build_text(metrics[comparison->metric].key));
            json_build_put(json, "row", json_build_text(workload->rows[pair->row].row->name));
            json_build_put(json, "reference",
                           json_build_text(workload->rows[pair->reference].row->name));
            json_build_put(json, "word", json_build_text(comparison_words[pair->word]));
            json_build_put(json, "blocks", json_integer((json_int_t)pair->blocks));
            json_build_put(json, "ratio", json_build_number(pair->ratio));
            json_build_put(json, "low_ratio", json_build_number(pair->low));
            json_build_put(json, "high_ratio", json_build_number(pair->high));
            json_build_put(json, "p_holm", json_build_number(pair->p_holm));
            json_build_put(json, "over_hosts", section_hosts_pair_json(workload, i, pair));
            json_build_push(array, json);
        }
    }
    return array;
}
