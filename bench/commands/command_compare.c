/* heapchurn compare: two stored runs, if they can be compared. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "command.h"
#include "comparable.h"
#include "json_build.h"
#include "metric_text.h"
#include "run_compare.h"
#include "store.h"
#include "table.h"

struct options {
    struct option_words dirs;
    bool anyway, json;
};

static const struct option_row option_rows[] = {
    {.name = "anyway",
     .at = offsetof(struct options, anyway),
     .help = "Compare in spite of the differences"},
    {.name = "json", .letter = 'j', .at = offsetof(struct options, json), .help = "Print JSON"},
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn compare results/before results/after", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "compared, whatever came out"},
    {"2", "usage"},
    {"3", "not comparable"},
    {NULL, NULL},
};

static void add_change(struct table *table, const struct comparison *change)
{
    static const enum text_look looks[COMPARISON_WORDS] = {
        [COMPARISON_UNDECIDED] = LOOK_PLAIN,
        [COMPARISON_SAME] = LOOK_PLAIN,
        [COMPARISON_BETTER] = LOOK_GREEN,
        [COMPARISON_WORSE] = LOOK_RED,
    };
    if (isnan(change->ratio))
        table_cell(table, TABLE_RIGHT, LOOK_DIM, "n/a");
    else
        table_cell(table, TABLE_RIGHT, looks[change->word], "%.2f", change->ratio);
    if (isnan(change->low) || isnan(change->high))
        table_cell(table, TABLE_LEFT, LOOK_DIM, "n/a");
    else
        table_cell(table, TABLE_LEFT, LOOK_DIM, "%.2f-%.2f", change->low, change->high);
    table_cell(table, TABLE_LEFT, looks[change->word], "%s", comparison_words[change->word]);
}

static const struct estimate *estimate_of(const struct result *result,
                                          const struct run_comparison *row, size_t metric)
{
    return &comparable_row(result, row->workload, row->row)
                ->subjects[RECORD_PRIMARY]
                .metric[compared_metrics[metric]];
}

static void add_row(const struct result *results, const struct run_comparison *row,
                    struct table *table)
{
    char text[METRIC_TEXT_MAX];
    for (size_t m = 0; m < COMPARED_METRICS; m++) {
        const struct metric *metric = &metrics[compared_metrics[m]];
        table_row(table);
        table_cell(table, TABLE_LEFT, LOOK_PLAIN, "%s", metric->key);
        for (size_t i = 0; i < 2; i++)
            table_cell(
                table, TABLE_RIGHT, LOOK_PLAIN, "%s",
                metric_text(metric, estimate_of(&results[i], row, m)->median, text, sizeof text));
        add_change(table, &row->change[m]);
    }
}

static void print_tables(const struct result *results, const struct run_comparison *rows,
                         size_t count)
{
    static const char *const headings[] = {"of the subject", "first", "second",
                                           "ratio",          "95 %",  ""};
    struct text_style style;
    text_style_detect(stdout, &style);
    for (size_t i = 0; i < count; i++) {
        AUTO(table) struct table table = {.row_count = 0};
        table_row(&table);
        for (size_t h = 0; h < ARRAY_LENGTH(headings); h++)
            table_cell(&table, h >= 1 && h <= 3 ? TABLE_RIGHT : TABLE_LEFT, LOOK_BOLD, "%s",
                       headings[h]);
        add_row(results, &rows[i], &table);
        (void)printf("%s%s, %s\n", i > 0 ? "\n" : "", rows[i].workload, rows[i].row);
        table_print(&table, stdout, &style);
    }
}

static void print_json(const struct run_comparison *rows, size_t count)
{
    json_t *array = json_build(json_array());
    for (size_t i = 0; i < count * COMPARED_METRICS; i++) {
        const struct run_comparison *row = &rows[i / COMPARED_METRICS];
        const struct comparison *change = &row->change[i % COMPARED_METRICS];
        json_t *json = json_build(json_object());
        json_build_put(json, "workload", json_build_text(row->workload));
        json_build_put(json, "row", json_build_text(row->row));
        json_build_put(json, "metric",
                       json_build_text(metrics[compared_metrics[i % COMPARED_METRICS]].key));
        json_build_put(json, "ratio", json_build_number(change->ratio));
        json_build_put(json, "low_ratio", json_build_number(change->low));
        json_build_put(json, "high_ratio", json_build_number(change->high));
        json_build_put(json, "word", json_build_text(comparison_words[change->word]));
        json_build_push(array, json);
    }
    (void)json_dumpf(array, stdout, JSON_INDENT(1));
    (void)putchar('\n');
    json_decref(array);
}

static int compare(const struct options *options, const struct result *results, struct err *err)
{
    AUTO_FREE char *differences = comparable_differences(&results[0], &results[1]);
    if (differences && !options->anyway)
        return err_set(err, -EINVAL,
                       "%s and %s are not comparable ('here' is the first, 'there' the second; "
                       "--anyway compares them all the same):\n%s",
                       options->dirs.words[0], options->dirs.words[1], differences);
    if (differences)
        (void)fprintf(stderr, "Not the same ('here' is the first, 'there' the second):\n%s\n",
                      differences);
    size_t count = 0;
    AUTO_FREE struct run_comparison *rows = run_compare(&results[0], &results[1], &count);
    if (count == 0)
        return err_set(err, -EINVAL, "%s and %s have no row under the same workload",
                       options->dirs.words[0], options->dirs.words[1]);
    if (options->json)
        print_json(rows, count);
    else
        print_tables(results, rows, count);
    return 0;
}

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    struct stored_run stored[2] = {{.record_count = 0}, {.record_count = 0}};
    struct result results[2] = {{.workload_count = 0}, {.workload_count = 0}};
    int exit_code = EXIT_OK;
    for (size_t i = 0; exit_code == EXIT_OK && i < 2; i++) {
        if (store_load(options->dirs.words[i], &stored[i], err) < 0)
            exit_code = EXIT_USAGE;
        else
            result_build(&stored[i], &results[i]);
    }
    if (exit_code == EXIT_OK && compare(options, results, err) < 0)
        exit_code = EXIT_UNMEASURED;
    for (size_t i = 0; i < 2; i++) {
        result_release(&results[i]);
        stored_run_release(&stored[i]);
    }
    return exit_code;
}

const struct command command_compare = {
    .name = "compare",
    .summary = "two stored runs against each other",
    .description =
        "How do two stored runs differ, row by row?\n\n"
        "Runs of another machine, kernel, setting of huge pages, version or workload are not "
        "compared: each difference is listed instead. --anyway lists them and goes on.\n\n"
        "Ratios are second run / first run (1 is equal, less is better), with 95 % intervals from "
        "the order of the values; 4 blocks in each run are the fewest that have one. A change is "
        "called better or worse when it is significant and 5 % at least.",
    .options = option_rows,
    .arguments = {.usage = "DIR DIR",
                  .least = 2,
                  .most = 2,
                  .at = offsetof(struct options, dirs),
                  .completes = COMPLETE_FOLDER,
                  .missing = "which runs? Name two folders",
                  .surplus = "two folders are compared"},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
