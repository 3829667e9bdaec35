#include "assets.h"
#include "html.h"
#include "html_pieces.h"
#include "page.h"
#include "price_list.h"
#include "svg_frame.h"

static const char *const word_classes[] = {"undecided", "undecided", "same", "better", "worse"};

static void put_head(const struct price_list *list, FILE *out)
{
    (void)fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action "
                "'none'\">\n<meta name=\"viewport\" content=\"width=device-width, "
                "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
                out);
    svg_put_text(out, list->base);
    (void)fputs(" under ", out);
    svg_put_text(out, list->workload);
    (void)fputs(": prices of settings</title>\n<style>\n", out);
    page_put_inline(out, asset_page_css);
    (void)fputs("</style>\n</head>\n<body>\n<header><p class=\"brand\">heapchurn</p>", out);
    html_paragraph(out, "facts", list->host);
    (void)fputs("</header>\n<main>\n<h1>What do the settings of ", out);
    svg_put_text(out, list->base);
    (void)fputs(" buy?</h1>\n", out);
}

static void put_answer(const struct price_list *list, FILE *out)
{
    char text[PRICE_ADVICE_MAX];
    (void)fputs("<div id=\"answer\" class=\"cards\"><article class=\"card\"><h2>", out);
    svg_put_text(out, list->workload);
    (void)fputs("</h2>\n", out);
    html_paragraph(out, "question", list->question);
    html_paragraph(out, "summary", price_advice(list, text, sizeof text));
    if (list->judged && !list->data->unranked)
        html_paragraph(out, "question", list->judged->replay.sentence);
    if (list->choice->best != TUNE_DEFAULT) {
        (void)fputs("<pre><code>", out);
        svg_put_text(out, price_environment(list, (size_t)list->choice->best, text, sizeof text));
        (void)fputs("</code></pre>\n", out);
    }
    if (list->advised)
        html_deployment_row(out, list->advised, list->advised_row);
    (void)fputs("</article></div>\n", out);
}

static void put_pictures(const struct price_list *list, FILE *out)
{
    (void)fputs("<section class=\"workload\" aria-labelledby=\"frontier\"><h2 id=\"frontier\">The "
                "frontier</h2>\n"
                "<p class=\"question\">Memory over what it costs, in percent of the default (the "
                "square). Bars are 95&nbsp;% intervals. In colour and joined by the line: "
                "settings that no other beats in something and loses to in nothing; grey: "
                "the others, which tell their names when pointed at.</p>\n<div class=\"stacks\">\n",
                out);
    for (size_t c = TUNE_CPU; c < TUNE_COSTS; c++)
        if (list->choice->told[c]) {
            (void)fputs("<figure class=\"stack\">", out);
            price_list_picture(list, (enum tune_cost)c, out);
            (void)fputs("</figure>\n", out);
        }
    (void)fputs("</div></section>\n", out);
}

static void put_line(const struct price_list *list, size_t line, FILE *out)
{
    char text[1024];
    (void)fputs("<tr><th scope=\"row\">", out);
    svg_put_text(out, price_name(list, line, text, sizeof text));
    (void)fputs(list->choice->line[line].on_frontier ? " <small>frontier</small></th>" : "</th>",
                out);
    for (size_t c = 0; c < TUNE_COSTS; c++) {
        const struct tune_effect *effect = &list->choice->line[line].effect[c];
        if (!list->choice->told[c])
            continue;
        (void)fprintf(out, "<td class=\"n\">%s<small class=\"word %s\">",
                      price_value(list, line, c, text, sizeof text),
                      word_classes[list->data->unranked ? TUNE_UNKNOWN : effect->word]);
        (void)fprintf(out, "%s</small></td>",
                      line == TUNE_DEFAULT ? ""
                                           : price_cell(list, line, c, true, text, sizeof text));
    }
    (void)fprintf(out, "<td class=\"n\">%s</td>", price_back(list, line, true, text, sizeof text));
    (void)fprintf(out, "<td class=\"n\">%zu</td><td><code>",
                  tune_data_shared(list->data, line, TUNE_MEMORY));
    svg_put_text(out, price_environment(list, line, text, sizeof text));
    (void)fputs("</code></td></tr>\n", out);
}

static void put_table(const struct price_list *list, FILE *out)
{
    char legend[PRICE_ADVICE_MAX];
    (void)fputs(
        "<section class=\"workload\" aria-labelledby=\"prices\"><h2 id=\"prices\">Prices</h2>\n",
        out);
    html_open_table(out, "Prices of settings", NULL);
    (void)fputs("<thead><tr><th scope=\"col\">setting</th>", out);
    for (size_t c = 0; c < TUNE_COSTS; c++)
        if (list->choice->told[c])
            (void)fprintf(out, "<th scope=\"col\" class=\"n\">%s</th>", tune_cost_names[c]);
    (void)fputs("<th scope=\"col\" class=\"n\">half back</th><th scope=\"col\" "
                "class=\"n\">blocks</th><th scope=\"col\">environment</th></tr></thead><tbody>\n",
                out);
    for (size_t i = 0; i < list->choice->count; i++)
        if (!*list->data->trouble[i] && tune_data_shared(list->data, i, TUNE_MEMORY) > 0)
            put_line(list, i, out);
    html_close_table(out);
    html_paragraph(out, "question", price_legend(list, legend, sizeof legend));
    (void)fputs("</section>\n", out);
}

static void put_notes(const struct price_list *list, FILE *out)
{
    char text[PRICE_NOTE_MAX];
    (void)fputs("<ul>\n", out);
    for (size_t cursor = 0; price_note(list, &cursor, text, sizeof text);) {
        (void)fputs("<li>", out);
        svg_put_text(out, text);
        (void)fputs("</li>\n", out);
    }
    (void)fputs("</ul>\n", out);
}

void price_list_page(const struct price_list *list, FILE *out)
{
    put_head(list, out);
    put_answer(list, out);
    if (!list->data->unranked)
        put_pictures(list, out);
    put_table(list, out);
    put_notes(list, out);
    (void)fputs("</main>\n</body>\n</html>\n", out);
}
