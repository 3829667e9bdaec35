#include <math.h>

#include "json_build.h"
#include "markdown.h"
#include "sections.h"

void section_recommendation_terminal(const struct result_workload *workload,
                                     struct terminal *terminal)
{
    if (!workload->recommendation)
        return;
    (void)fputc('\n', terminal->out);
    terminal_say(terminal, LOOK_PLAIN, workload->recommendation);
}

void section_recommendation_markdown(const struct result_workload *workload, FILE *out)
{
    if (workload->recommendation)
        markdown_paragraph(out, workload->recommendation);
}

static json_t *json_of_interval(const struct interval *interval)
{
    json_t *json = json_build(json_object());
    json_build_put(json, "ratio", json_build_number(interval->estimate));
    json_build_put(json, "low", json_build_number(interval->low));
    json_build_put(json, "high", json_build_number(interval->high));
    return json;
}

static json_t *json_of_name(const struct result_workload *workload, int row)
{
    return row == RECOMMEND_NONE ? json_null() : json_build_text(workload->rows[row].row->name);
}

static json_t *json_of_row(const struct result_workload *workload, size_t index)
{
    const struct recommend_row *row = &workload->advice.rows[index];
    json_t *json = json_build(json_object());
    json_t *ratios = json_build(json_object());
    for (size_t term = 0; term < TERM_COUNT; term++)
        json_build_put(ratios, recommend_term_names[term], json_of_interval(&row->ratio[term]));
    json_build_put(json, "name", json_of_name(workload, (int)index));
    json_build_put(json, "left_out", json_build_text(row->barred));
    json_build_put(json, "ratios", ratios);
    json_build_put(json, "score", json_of_interval(&row->score));
    json_build_put(json, "p_best", json_build_number(recommend_p_best(&workload->advice, index)));
    json_build_put(json, "dominated_by", json_of_name(workload, row->dominated_by));
    return json;
}

json_t *section_recommendation_json(const struct result_workload *workload)
{
    const struct recommendation *advice = &workload->advice;
    if (!workload->recommendation)
        return json_null();
    json_t *json = json_build(json_object());
    json_t *weights = json_build(json_object());
    json_t *rows = json_build(json_array());
    for (size_t term = 0; term < TERM_COUNT; term++)
        json_build_put(weights, recommend_term_names[term],
                       json_build_number(advice->weights.share[term]));
    for (size_t i = 0; i < advice->row_count; i++)
        json_build_push(rows, json_of_row(workload, i));
    json_build_put(json, "text", json_build_text(workload->recommendation));
    json_build_put(json, "run", json_of_name(workload, advice->advised));
    json_build_put(json, "best_estimate", json_of_name(workload, advice->best));
    json_build_put(json, "reference", json_of_name(workload, advice->reference));
    json_build_put(json, "blocks", json_integer((json_int_t)advice->blocks));
    json_build_put(json, "weights", weights);
    json_build_put(json, "flip_below_memory_weight", json_build_number(advice->flip_below));
    json_build_put(json, "flip_below_row", json_of_name(workload, advice->flip_below_row));
    json_build_put(json, "flip_above_memory_weight", json_build_number(advice->flip_above));
    json_build_put(json, "flip_above_row", json_of_name(workload, advice->flip_above_row));
    json_build_put(json, "rows", rows);
    return json;
}
