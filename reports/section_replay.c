#include <math.h>
#include <stdio.h>

#include "json_build.h"
#include "markdown.h"
#include "sections.h"

void section_replay_terminal(const struct result_workload *workload, struct terminal *terminal)
{
    if (!workload->replay.is_trace)
        return;
    (void)fputc('\n', terminal->out);
    terminal_say(terminal, LOOK_PLAIN, workload->replay.sentence);
}

void section_replay_markdown(const struct result_workload *workload, FILE *out)
{
    if (workload->replay.is_trace)
        markdown_paragraph(out, workload->replay.sentence);
}

static void put_level(json_t *row, const struct replay_level *level, const char *moment)
{
    const struct {
        const char *what;
        double bytes;
    } numbers[] = {{"original", level->median},
                   {"original_least", level->least},
                   {"original_most", level->most},
                   {"replayed", level->replayed}};
    char key[64];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        (void)snprintf(key, sizeof key, "%s_%s_heap_bytes", numbers[i].what, moment);
        json_build_put(row, key, json_build_number(numbers[i].bytes));
    }
}

json_t *section_replay_json(const struct result_workload *workload)
{
    const struct replay_check *check = &workload->replay;
    if (!check->is_trace)
        return json_null();
    json_t *json = json_build(json_object());
    json_t *rows = json_build(json_array());
    for (size_t i = 0; i < check->row_count; i++) {
        const struct replay_row *row = &check->rows[i];
        json_t *of = json_build(json_object());
        json_build_put(of, "row", json_build_text(row->name));
        json_build_put(of, "originals", json_build_number((double)row->originals));
        for (size_t m = 0; m < REPLAY_MOMENTS; m++)
            put_level(of, &row->at[m], replay_moment_names[m]);
        json_build_push(rows, of);
    }
    json_build_put(json, "grade", json_build_text(replay_grade_names[check->grade]));
    json_build_put(json, "error", json_build_number(check->error));
    json_build_put(json, "off", json_build_number(check->off));
    json_build_put(json, "apart_peak", json_build_number(check->apart[REPLAY_PEAK]));
    json_build_put(json, "apart_end", json_build_number(check->apart[REPLAY_END]));
    json_build_put(json, "stand_in", json_build(json_boolean(check->stand_in)));
    json_build_put(json, "text", json_build_text(check->sentence));
    json_build_put(json, "rows", rows);
    return json;
}
