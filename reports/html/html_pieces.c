#include "html_pieces.h"

#include <string.h>

#include "svg.h"

void html_verdict_badge(FILE *out, enum verdict_kind kind)
{
    (void)fprintf(out, "<span class=\"badge %s\">%s</span>", verdict_names[kind],
                  verdict_names[kind]);
}

void html_paragraph(FILE *out, const char *class, const char *text)
{
    if (!text)
        return;
    (void)fprintf(out, "<p class=\"%s\">", class);
    svg_put_text(out, text);
    (void)fputs("</p>\n", out);
}

void html_open_table(FILE *out, const char *label, const char *about)
{
    (void)fprintf(out, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"%s%s",
                  label, about ? " " : "");
    svg_put_text(out, about ? about : "");
    (void)fputs("\"><table>", out);
}

void html_headings(FILE *out, const char *names)
{
    (void)fputs("<thead><tr>", out);
    while (*names) {
        size_t length = strcspn(names, "|");
        bool number = *names == '#';
        (void)fprintf(out, "<th scope=\"col\"%s>%.*s</th>", number ? " class=\"n\"" : "",
                      (int)(length - number), names + number);
        names += length + (names[length] == '|');
    }
    (void)fputs("</tr></thead><tbody>\n", out);
}

void html_close_table(FILE *out)
{
    (void)fputs("</tbody></table></div>\n", out);
}

void html_footnote_mark(FILE *out, struct footnotes *notes, const char *list, size_t index,
                        const char *reason)
{
    size_t number = footnote_number(notes, reason);
    (void)fprintf(out, "<sup><a href=\"#%s-%zu-%zu\">%zu</a></sup>", list, index, number, number);
}

void html_footnotes(FILE *out, const struct footnotes *notes, const char *list, size_t index)
{
    (void)fputs(notes->count ? "<ol class=\"notes\">\n" : "", out);
    for (size_t i = 0; i < notes->count; i++) {
        (void)fprintf(out, "<li id=\"%s-%zu-%zu\">", list, index, i + 1);
        svg_put_text(out, notes->reasons[i]);
        (void)fputs("</li>\n", out);
    }
    (void)fputs(notes->count ? "</ol>\n" : "", out);
}
