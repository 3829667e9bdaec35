#include <math.h>
#include <string.h>

#include "json_build.h"
#include "markdown.h"
#include "number.h"
#include "sections.h"
#include "table.h"
#include "wrap.h"

enum { CELL_MAX = 64, LINE_MAX = 1024 };

/* Headings, in the order of compared_metrics. */
static const char *const titles[COMPARED_METRICS] = {"peak", "end", "quiet", "CPU", "join p99"};

static size_t reference_of(const struct result_workload *workload);
static void print_pair(const struct result_workload *workload, size_t row, size_t reference,
                       struct table *table);
static void print_other_pairs(const struct result_workload *workload, size_t reference, FILE *out,
                              const struct report_style *style);

void section_comparison_terminal(const struct result_workload *workload, FILE *out,
                                 const struct report_style *style)
{
    size_t reference = reference_of(workload);
    char caption[LINE_MAX];
    AUTO(table) struct table table = {0};
    if (workload->row_count < 2)
        return;
    (void)snprintf(caption, sizeof caption,
                   "Against %s, 1 is equal and less is better: anonymous RSS of the peer, CPU, "
                   "join p99; with 95 %% intervals where blocks are paired. Without a word: "
                   "undecided.",
                   workload->rows[reference].row->name);
    (void)fputc('\n', out);
    wrap_print(out, style, TABLE_DIM, "", 0, caption);
    table_row(&table);
    table_cell(&table, TABLE_LEFT, TABLE_BOLD, "row");
    for (size_t i = 0; i < COMPARED_METRICS; i++)
        table_cell(&table, TABLE_LEFT, TABLE_BOLD, "%s", titles[i]);
    for (size_t row = 0; row < workload->row_count; row++)
        if (row != reference)
            print_pair(workload, row, reference, &table);
    table_print(&table, out, style);
    print_other_pairs(workload, reference, out, style);
}

static size_t reference_of(const struct result_workload *workload)
{
    return workload->advice.reference == RECOMMEND_NONE ? 0 : (size_t)workload->advice.reference;
}

/* "0.73", "1.00": two decimals, since differences of a few per cent count. */
static const char *ratio_text(double ratio, char *out, size_t size)
{
    if (!isfinite(ratio))
        (void)snprintf(out, size, "n/a");
    else
        (void)snprintf(out, size, ratio < 99.5 ? "%.2f" : "%.0f", ratio);
    return out;
}

static const char *word_of(const struct comparison *pair)
{
    return pair->word == COMPARISON_UNDECIDED ? "" : comparison_words[pair->word];
}

static const char *interval_text(const struct comparison *pair, const char *dash, char *out,
                                 size_t size)
{
    char low[NUMBER_TEXT_MAX / 2], high[NUMBER_TEXT_MAX / 2];
    out[0] = '\0';
    if (isfinite(pair->low) && isfinite(pair->high))
        (void)snprintf(out, size, "%s%s%s", ratio_text(pair->low, low, sizeof low), dash,
                       ratio_text(pair->high, high, sizeof high));
    return out;
}

static void print_pair(const struct result_workload *workload, size_t row, size_t reference,
                       struct table *table)
{
    static const enum table_look looks[] = {
        [COMPARISON_UNDECIDED] = TABLE_PLAIN,
        [COMPARISON_SAME] = TABLE_PLAIN,
        [COMPARISON_BETTER] = TABLE_GREEN,
        [COMPARISON_WORSE] = TABLE_RED,
    };
    char text[CELL_MAX];
    table_row(table);
    table_cell(table, TABLE_LEFT, TABLE_PLAIN, "%s", workload->rows[row].row->name);
    for (size_t i = 0; i < COMPARED_METRICS; i++) {
        struct comparison pair = compare_metrics_pair(&workload->comparisons[i], row, reference);
        table_cell(table, TABLE_LEFT, looks[pair.word], "%s%s%s",
                   ratio_text(pair.ratio, text, sizeof text),
                   pair.word == COMPARISON_UNDECIDED ? "" : " ", word_of(&pair));
    }
    table_row(table);
    table_cell(table, TABLE_LEFT, TABLE_DIM, "%s", "");
    for (size_t i = 0; i < COMPARED_METRICS; i++) {
        struct comparison pair = compare_metrics_pair(&workload->comparisons[i], row, reference);
        table_cell(table, TABLE_LEFT, TABLE_DIM, "%s",
                   interval_text(&pair, "-", text, sizeof text));
    }
}

/* "jemalloc+prof is worse than jemalloc in CPU, join p99", for each pair that differs. */
static void print_other_pairs(const struct result_workload *workload, size_t reference, FILE *out,
                              const struct report_style *style)
{
    for (size_t p = 0; p < workload->comparisons[0].pair_count; p++) {
        const struct comparison *first = &workload->comparisons[0].pairs[p];
        if (first->row == reference || first->reference == reference)
            continue;
        for (int word = COMPARISON_BETTER; word <= COMPARISON_WORSE; word++) {
            char line[LINE_MAX] = "";
            size_t used = 0;
            for (size_t i = 0; i < COMPARED_METRICS && used < sizeof line; i++)
                if (workload->comparisons[i].pairs[p].word == (enum comparison_word)word)
                    used += (size_t)snprintf(line + used, sizeof line - used, "%s%s",
                                             used ? ", " : "", titles[i]);
            char sentence[2 * LINE_MAX];
            (void)snprintf(sentence, sizeof sentence, "%s is %s than %s in %s",
                           workload->rows[first->row].row->name, comparison_words[word],
                           workload->rows[first->reference].row->name, line);
            if (used)
                wrap_print(out, style, TABLE_PLAIN, "-", 2, sentence);
        }
    }
}

static void put_cell(FILE *out, const struct comparison *pair)
{
    char ratio[CELL_MAX], interval[CELL_MAX];
    (void)fprintf(out, " %s", ratio_text(pair->ratio, ratio, sizeof ratio));
    if (*interval_text(pair, "–", interval, sizeof interval))
        (void)fprintf(out, " (%s)", interval);
    (void)fprintf(out, "%s%s |", *word_of(pair) ? " " : "", word_of(pair));
}

void section_comparison_markdown(const struct result_workload *workload, FILE *out)
{
    if (workload->row_count < 2)
        return;
    (void)fputs("Rows against each other, 1 is equal and less is better: anonymous RSS of the peer "
                "(peak, end, quiet), CPU, join p99, with 95 % intervals; without a word: "
                "undecided.\n\n| row | against |",
                out);
    for (size_t i = 0; i < COMPARED_METRICS; i++)
        (void)fprintf(out, " %s |", titles[i]);
    (void)fputs("\n|---|---|", out);
    for (size_t i = 0; i < COMPARED_METRICS; i++)
        (void)fputs("---|", out);
    for (size_t p = 0; p < workload->comparisons[0].pair_count; p++) {
        const struct comparison *pair = &workload->comparisons[0].pairs[p];
        (void)fputs("\n| ", out);
        markdown_text(out, workload->rows[pair->row].row->name);
        (void)fputs(" | ", out);
        markdown_text(out, workload->rows[pair->reference].row->name);
        (void)fputs(" |", out);
        for (size_t i = 0; i < COMPARED_METRICS; i++)
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
            json_build_push(array, json);
        }
    }
    return array;
}
