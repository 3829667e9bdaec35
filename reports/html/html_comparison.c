#include <math.h>
#include <string.h>

#include "cleanup.h"
#include "comparison_text.h"
#include "html.h"
#include "html_pieces.h"
#include "replay_rule.h"
#include "svg.h"

#define P_LEAST 0.001 /* that is shown */

/* Beyond this many rows their pairs would fill the page: result.json has them all. */
enum { ALL_PAIRS_ROWS = 20 };

static void put_pairs(FILE *out, const struct result_workload *workload, size_t reference,
                      bool with_reference);

void html_comparison(FILE *out, const struct result_workload *workload)
{
    size_t rows = workload->row_count;
    if (rows < 2)
        return;
    (void)fprintf(
        out,
        "<h3>Rows against each other</h3>\n"
        "<p class=\"question\">What the %s takes on one row, divided by what it takes on "
        "the other in the same block: the median of the blocks, its 95&nbsp;%% interval, and p, "
        "corrected for all pairs of a column (Holm). Less is better. Better, worse: p is at "
        "most 0.05 and the rows are at least 5&nbsp;%% apart; same: they are surely within "
        "5&nbsp;%%; else undecided.</p>\n",
        workload->subject_names[RECORD_PRIMARY]);
    AUTO_FREE char *rule = replay_rule_remark(&workload->replay);
    html_paragraph(out, "question", rule);
    size_t reference = comparison_reference(workload);
    put_pairs(out, workload, reference, true);
    if (rows < 3)
        return;
    if (rows > ALL_PAIRS_ROWS) {
        (void)fputs("<p class=\"question\">All other pairs are in result.json.</p>\n", out);
        return;
    }
    (void)fprintf(out, "<details><summary>Other pairs: %zu</summary>\n",
                  compare_pair_count(rows) - (rows - 1));
    put_pairs(out, workload, reference, false);
    (void)fputs("</details>\n", out);
}

static void put_ratio(FILE *out, const struct comparison *pair)
{
    char text[COMPARISON_TEXT_MAX];
    if (!isfinite(pair->ratio)) {
        (void)fputs("<td class=\"n na\">n/a</td>", out);
        return;
    }
    (void)fprintf(out, "<td class=\"n\">%s <span class=\"word %s\">%s</span>",
                  comparison_ratio(pair, text, sizeof text), comparison_words[pair->word],
                  comparison_words[pair->word]);
    if (*comparison_interval(pair, "–", text, sizeof text)) {
        (void)fprintf(out, "<small>%s", text);
        if (isfinite(pair->p_holm))
            (void)fprintf(out, ", p %s%.3f", pair->p_holm < P_LEAST ? "&lt; " : "",
                          fmax(pair->p_holm, P_LEAST));
        (void)fputs("</small>", out);
    }
    (void)fputs("</td>", out);
}

static void put_pair(FILE *out, const struct result_workload *workload, size_t row, size_t other)
{
    (void)fputs("<tr><th scope=\"row\">", out);
    svg_put_text(out, workload->rows[row].row->name);
    (void)fputs("</th><td>", out);
    svg_put_text(out, workload->rows[other].row->name);
    (void)fputs("</td>", out);
    for (size_t i = 0; i < COMPARED_METRICS; i++) {
        struct comparison pair = compare_metrics_pair(&workload->comparisons[i], row, other);
        if (comparison_shown(workload, i))
            put_ratio(out, &pair);
    }
    (void)fputs("</tr>\n", out);
}

/* Those with the reference, or all others. */
static void put_pairs(FILE *out, const struct result_workload *workload, size_t reference,
                      bool with_reference)
{
    char headings[256] = "row|against";
    size_t used = strlen(headings);
    for (size_t i = 0; i < COMPARED_METRICS; i++)
        if (comparison_shown(workload, i))
            used += (size_t)snprintf(headings + used, sizeof headings - used, "|#%s%s",
                                     i == 0 ? "anonymous RSS, " : "", comparison_titles[i]);
    html_open_table(out, with_reference ? "Rows against the reference under" : "Other pairs under",
                    workload->workload->name);
    html_headings(out, headings);
    for (size_t row = 0; row < workload->row_count; row++) {
        if (with_reference && row != reference)
            put_pair(out, workload, row, reference);
        for (size_t other = 0; !with_reference && other < row; other++)
            if (row != reference && other != reference)
                put_pair(out, workload, row, other);
    }
    html_close_table(out);
}
