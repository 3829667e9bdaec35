#include "live_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assets.h"
#include "clock.h"
#include "json_build.h"
#include "memory_stream.h"
#include "page.h"

static json_t *json_of_show(const struct measure_view *show)
{
    json_t *workloads = json_build(json_array());
    json_t *rows = json_build(json_array());
    json_t *trials = json_build(json_array());
    for (size_t i = 0; i < show->workload_count; i++)
        json_build_push(workloads,
                        json_pack("{s:o, s:I}", "name", json_build_text(show->workloads[i].name),
                                  "cycles", (json_int_t)workload_cycles(&show->workloads[i])));
    for (size_t i = 0; i < show->row_count; i++)
        json_build_push(rows, json_build_text(show->rows[i].name));
    for (size_t i = 0; i < show->plan->trial_count; i++) {
        const struct plan_trial *trial = &show->plan->trials[i];
        json_build_push(trials, json_pack("[I, I, I]", (json_int_t)trial->workload,
                                          (json_int_t)trial->row, (json_int_t)trial->block));
    }
    return json_pack("{s:o, s:o, s:o}", "workloads", workloads, "rows", rows, "trials", trials);
}

static void put_part(FILE *out, const char *name, const struct measure_view *show)
{
    if (strcmp(name, "css") == 0) {
        page_put_inline(out, asset_uplot_css);
        page_put_inline(out, asset_page_css);
    } else if (strcmp(name, "show") == 0) {
        json_build_embed(json_of_show(show), out);
    } else if (strcmp(name, "scripts") == 0) {
        if (*asset_uplot_js)
            page_put_library(out);
        (void)fputs("<script>\n", out);
        page_put_inline(out, asset_chart_js);
        page_put_inline(out, asset_live_js);
        (void)fputs("</script>\n", out);
    }
}

char *live_text_page(const struct measure_view *show)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    const char *rest = asset_live_html;
    for (const char *open; (open = strstr(rest, "{{"));) {
        char name[16] = "";
        (void)sscanf(open, "{{%15[a-z]}}", name);
        (void)fwrite(rest, 1, (size_t)(open - rest), out);
        put_part(out, name, show);
        rest = open + strlen(name) + 4;
    }
    (void)fputs(rest, out);
    return memory_stream_close(&memory);
}

static char *text_of(json_t *json)
{
    char *text = json_dumps(json_build(json), JSON_COMPACT);
    json_decref(json);
    if (!text)
        abort();
    return text;
}

char *live_text_point(const struct runner_progress *at)
{
    return text_of(json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:I}", "kind", "point", "trial",
        (json_int_t)at->trial, "attempt", (json_int_t)at->attempt, "cycle",
        (json_int_t)at->now.cycles_done, "ms", (json_int_t)(at->now.elapsed_ns / CLOCK_NS_PER_MS),
        "anon", (json_int_t)(at->now.rss_anon_bytes / 1024), "rss",
        (json_int_t)(at->now.rss_bytes / 1024), "phase", record_phase_names[at->now.phase],
        "left_s", (json_int_t)(at->left_ns < 0 ? -1 : at->left_ns / CLOCK_NS_PER_S)));
}

char *live_text_end(const struct runner_progress *at, const struct record *record)
{
    const char *reason = record->reason ? record->reason : record->noise.reason;
    return text_of(json_pack(
        "{s:s, s:I, s:I, s:s, s:i, s:o}", "kind", "end", "trial", (json_int_t)at->trial, "attempt",
        (json_int_t)at->attempt, "outcome", record_outcome_names[record->outcome], "noisy",
        (int)record->noise.noisy, "reason", json_build_text(reason ? reason : "")));
}
