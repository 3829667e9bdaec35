#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "columns.h"
#include "html.h"
#include "html_pieces.h"
#include "layers.h"
#include "levels.h"
#include "malloc_share.h"
#include "memory_stream.h"
#include "number.h"
#include "replay_rule.h"
#include "row_words.h"
#include "run_text.h"
#include "svg.h"

enum { TEXT_MAX = 1024 };

static void put_card(FILE *out, const struct result *result, size_t index);

void html_title(FILE *out, const struct result *result)
{
    (void)fputs("heapchurn:", out);
    for (size_t i = 0; i < result->workload_count; i++) {
        (void)fputs(i ? ", " : " ", out);
        svg_put_text(out, result->workloads[i].workload->name);
    }
    const char *started = result->stored->run.started_utc;
    (void)fputs(started ? ", " : "", out);
    svg_put_text(out, started ? started : "");
}

void html_facts(FILE *out, const struct result *result)
{
    char text[TEXT_MAX];
    svg_put_text(out, run_text_host(result, text, sizeof text));
    if (*run_text_versions(result, text, sizeof text)) {
        (void)fputs("<br>", out);
        svg_put_text(out, text);
    }
}

void html_answers(FILE *out, const struct result *result)
{
    for (size_t i = 0; i < result->workload_count; i++)
        put_card(out, result, i);
    if (result->workload_count == 0)
        (void)fputs("<p>This run has no workload.</p>\n", out);
}

static size_t count_verdicts(const struct result_workload *workload, enum verdict_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < workload->row_count; i++)
        count += row_measured(&workload->rows[i]) &&
                 row_primary(&workload->rows[i])->verdict.kind == kind;
    return count;
}

/* Of the rows with this verdict. */
static size_t count_allocators(const struct result_workload *workload, enum verdict_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        bool seen = row->subjects[RECORD_PRIMARY].verdict.kind != kind;
        for (size_t j = 0; j < i && !seen; j++)
            seen = workload->rows[j].subjects[RECORD_PRIMARY].verdict.kind == kind &&
                   strcmp(workload->rows[j].row->allocator, row->row->allocator) == 0;
        count += !seen;
    }
    return count;
}

/* A leak beside something that grows more, or lies high. */
static bool leaks_beside(const struct result_row *row)
{
    return row_measured(row) && result_leaks(row_primary(row));
}

/* The shortest true answer to "does it leak?". */
static enum verdict_kind put_headline(FILE *out, const struct result_workload *workload)
{
    const char *name =
        workload->replay.is_trace ? "recorded program" : workload->subject_names[RECORD_PRIMARY];
    size_t measured = row_count_of(workload, row_measured);
    size_t tellers = row_count_of(workload, row_tells_live);
    size_t leaks = count_verdicts(workload, VERDICT_LEAK);
    size_t kept = count_verdicts(workload, VERDICT_RETENTION);
    size_t flat = count_verdicts(workload, VERDICT_PLATEAU);
    size_t outside = count_verdicts(workload, VERDICT_OUTSIDE);
    size_t either = count_verdicts(workload, VERDICT_NOT_LIVE);
    size_t told = kept + flat + outside + either;
    const char *leak =
        row_count_of(workload, leaks_beside) ? "holds a part of what grows" : "does not leak";
    if (measured == 0)
        (void)fputs("Nothing was measured", out);
    else if (workload->workload->ends)
        (void)fprintf(out, "The %s ends by itself: its peak and its cost", name);
    else if (leaks >= tellers && count_allocators(workload, VERDICT_LEAK) > 1)
        (void)fprintf(out, "The %s leaks, whatever the allocator", name);
    else if (leaks)
        (void)fprintf(out, "The %s leaks on %zu of %zu row%s", name, leaks, measured,
                      measured == 1 ? "" : "s");
    else if (levels_tell(workload))
        (void)fprintf(out, "The %s lets go; %zu of %zu rows keep its memory", name,
                      levels_kept(workload), measured);
    else if (told < tellers || tellers == 0)
        (void)fprintf(out, "It cannot be told whether the %s leaks", name);
    else if (outside)
        (void)fprintf(out, "The %s %s; on %zu of %zu rows memory grows outside the allocator", name,
                      leak, outside, measured);
    else if (either)
        (void)fprintf(out, "The %s %s; on %zu of %zu rows what is not live grows", name, leak,
                      either, measured);
    else if (kept == 0)
        (void)fprintf(out, "The %s %s, and its memory stays flat", name, leak);
    else
        (void)fprintf(out, "The %s %s; %zu of %zu allocators keep memory", name, leak, kept,
                      measured);
    if (leaks)
        return VERDICT_LEAK;
    if (measured == 0 || told < tellers || tellers == 0)
        return VERDICT_INCONCLUSIVE;
    if (outside || either)
        return outside ? VERDICT_OUTSIDE : VERDICT_NOT_LIVE;
    return kept ? VERDICT_RETENTION : VERDICT_PLATEAU;
}

struct slice {
    enum layer layer;
    double size;
};

/* Slices one after the other, `scale` pixels per unit. */
static void put_slices(FILE *out, const struct slice *slices, size_t count, double scale, int y,
                       int height)
{
    double x = 0;
    for (size_t i = 0; i < count; i++) {
        double width = isnan(slices[i].size) ? 0 : fmax(0, slices[i].size * scale);
        if (width > 0)
            (void)fprintf(out,
                          "<rect class=\"l%d\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
                          "fill=\"%s\"><title>%s</title></rect>",
                          (int)slices[i].layer, x, y, width, height,
                          svg_layer_colour(slices[i].layer), layer_names[slices[i].layer]);
        x += width;
    }
}

/* Two bars in one: above whose RSS is at the end of the churn, to one scale over all rows; below
 * whose its growth is, where there is any. */
static void put_bar(FILE *out, const struct result_subject *subject, double top)
{
    enum { WIDTH = 120, LEVEL = 9, GAP = 1, GROWTH = 4 };
    const struct estimate *of = subject->metric;
    bool told = !of[METRIC_KEPT_END].unavailable;
    double foreign = of[METRIC_FOREIGN_END].median, all = of[METRIC_RSS_END].median;
    double live = fmax(0, of[METRIC_LIVE_RESIDENT_END].median);
    double lazy = fmax(0, of[METRIC_LAZY_END].median);
    if (isnan(all) || top <= 0)
        return;
    double outside = told ? of[METRIC_OUTSIDE_END].median : foreign;
    double kept = told ? of[METRIC_KEPT_END].median : 0;
    const struct slice level[] = {
        {LAYER_LIVE, live},
        {LAYER_KEPT, kept},
        {LAYER_UNTOLD, told ? 0 : all - live - lazy - foreign},
        {LAYER_OUTSIDE, outside},
        {LAYER_LAZY, lazy},
    };
    (void)fprintf(out, "<svg class=\"bar\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">",
                  WIDTH, LEVEL + GAP + GROWTH, WIDTH, LEVEL + GAP + GROWTH);
    put_slices(out, level, sizeof level / sizeof *level, WIDTH / top, 0, LEVEL);
    const struct growth_split *growth =
        subject->attribution_count ? &subject->attributions[subject->attribution_count / 2].growth
                                   : NULL;
    if (growth && subject->rss_anon == SIGNAL_GROW) {
        const struct share *part = growth->part;
        bool parts = !isnan(part[PART_KEPT].share);
        const struct slice shares[] = {
            {LAYER_LIVE, part[PART_LIVE].share},
            {LAYER_KEPT, part[PART_KEPT].share},
            {LAYER_UNTOLD, parts ? 0 : 1 - fmax(0, part[PART_LIVE].share)},
            {LAYER_OUTSIDE, part[PART_OUTSIDE].share},
            {LAYER_LAZY, part[PART_LAZY].share},
        };
        put_slices(out, shares, sizeof shares / sizeof *shares, WIDTH, LEVEL + GAP, GROWTH);
    }
    (void)fputs("</svg>", out);
}

static void put_number(FILE *out, const struct estimate *estimate, double unit)
{
    char text[NUMBER_TEXT_MAX];
    (void)fputs("<td class=\"n\">", out);
    if (estimate->unavailable)
        (void)fputs("<span title=\"", out);
    if (estimate->unavailable)
        svg_put_text(out, estimate->unavailable);
    if (estimate->unavailable)
        (void)fputs("\">n/a</span>", out);
    else
        (void)fputs(number_format(estimate->median / unit, text, sizeof text), out);
    (void)fputs("</td>", out);
}

static void put_rows(FILE *out, const struct result_workload *workload, size_t index)
{
    static const double mib = 1024.0 * 1024.0;
    double top = 0;
    for (size_t i = 0; i < workload->row_count; i++)
        top = fmax(top, row_primary(&workload->rows[i])->metric[METRIC_RSS_END].median);
    html_open_table(out, "Rows of", workload->workload->name);
    html_headings(out, "row|verdict|#live<br>B/cycle|#end<br>MiB|#released<br>MiB|"
                       "<span class=\"wide\">whose it is, below:<br>whose the growth is</span>");
    for (size_t i = 0; i < workload->row_count; i++) {
        const struct result_row *row = &workload->rows[i];
        const struct result_subject *subject = row_primary(row);
        (void)fputs("<tr><th scope=\"row\">", out);
        svg_put_text(out, row->row->name);
        (void)fprintf(out, "</th><td><a href=\"#verdict-%zu-%zu\">", index, i);
        html_verdict_badge(out, subject->verdict.kind);
        (void)fputs("</a></td>", out);
        put_number(out, &subject->metric[METRIC_LIVE_PER_CYCLE], 1);
        put_number(out, &subject->metric[METRIC_RSS_ANON_END], mib);
        put_number(out, &subject->metric[METRIC_RSS_ANON_RELEASED], mib);
        (void)fputs("<td class=\"wide\">", out);
        put_bar(out, subject, top);
        (void)fputs("</td></tr>\n", out);
    }
    html_close_table(out);
}

/* The first sentence; a question takes its answer with it. */
static size_t lead_length(const char *text)
{
    for (size_t i = 0; text[i]; i++)
        if (text[i] == '.' && (text[i + 1] == ' ' || text[i + 1] == '\0'))
            return i + 1;
    return strlen(text);
}

/* What to do stands out; the reasons and the figures are one click away. */
static void put_advice(FILE *out, const char *advice)
{
    if (!advice)
        return;
    size_t length = lead_length(advice);
    AUTO_FREE char *lead = strndup(advice, length);
    if (!lead)
        abort();
    html_paragraph(out, "choose", lead);
    if (!advice[length])
        return;
    (void)fputs("<details><summary>How sure that is, and what would change it</summary><p>", out);
    svg_put_text(out, advice + length);
    (void)fputs("</p></details>\n", out);
}

static void put_card(FILE *out, const struct result *result, size_t index)
{
    const struct result_workload *workload = &result->workloads[index];
    char text[TEXT_MAX];
    (void)fputs("<article class=\"card\">\n<h2>", out);
    svg_put_text(out, workload->workload->name);
    (void)fputs("</h2>\n", out);
    html_paragraph(out, "question", workload->workload->question);
    struct memory_stream memory;
    FILE *line = memory_stream_open(&memory);
    enum verdict_kind kind = put_headline(line, workload);
    AUTO_FREE char *headline = memory_stream_close(&memory);
    (void)fprintf(out, "<p class=\"headline %s\">%s</p>\n", verdict_names[kind], headline);
    put_advice(out, replay_rule_advice(workload));
    html_deployment(out, workload);
    html_paragraph(out, "conclusion",
                   workload->conclusion ? workload->conclusion : workload->summary);
    AUTO_FREE char *share = malloc_share_text(workload);
    html_paragraph(out, "conclusion", share);
    if (!workload->workload->ends)
        put_rows(out, workload, index);
    (void)fprintf(out, "<p class=\"plan\"><a href=\"#workload-%zu\">%s</a>: ", index,
                  workload->workload->ends ? "All numbers" : "Curves and all numbers");
    svg_put_text(out, run_text_plan(result, workload, text, sizeof text));
    (void)fputs("</p>\n</article>\n", out);
}
