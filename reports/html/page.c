#include "page.h"

#include <string.h>

#include "assets.h"
#include "html.h"

static void put_css(FILE *out, const struct result *result)
{
    (void)result;
    page_put_inline(out, asset_uplot_css);
    page_put_inline(out, asset_page_css);
}

static void put_missing(FILE *out, const struct result *result)
{
    (void)result;
    if (!*asset_uplot_js)
        (void)fputs(
            "<p class=\"missing\">The charts here are pictures, which tell their values when "
            "pointed at. To zoom into them build heapchurn with uPlot, the chart library: "
            "<code>make deps build PAGE=interactive</code>.</p>\n",
            out);
}

static void put_scripts(FILE *out, const struct result *result)
{
    if (!*asset_uplot_js)
        return;
    (void)fputs("<script type=\"application/json\" id=\"data\">", out);
    html_data(out, result);
    (void)fputs("</script>\n", out);
    page_put_library(out);
    (void)fputs("<script>\n", out);
    page_put_inline(out, asset_chart_js);
    page_put_inline(out, asset_report_js);
    (void)fputs("</script>\n", out);
}

static const struct page_part {
    const char *name;
    void (*write)(FILE *out, const struct result *result);
} parts[] = {
    {"title", html_title},     {"css", put_css},
    {"facts", html_facts},     {"missing", put_missing},
    {"answers", html_answers}, {"workloads", html_workloads},
    {"threads", html_threads}, {"provenance", html_provenance},
    {"scripts", put_scripts},
};

static const struct page_part *find_part(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strlen(parts[i].name) == length && strncmp(parts[i].name, name, length) == 0)
            return &parts[i];
    return NULL;
}

void page_write(const struct result *result, FILE *out, const struct text_style *style)
{
    (void)style;
    const char *rest = asset_page_html;
    for (const char *open; (open = strstr(rest, "{{"));) {
        const char *close = strstr(open, "}}");
        const struct page_part *part =
            close ? find_part(open + 2, (size_t)(close - open - 2)) : NULL;
        if (!part)
            break;
        (void)fwrite(rest, 1, (size_t)(open - rest), out);
        part->write(out, result);
        rest = close + 2;
    }
    (void)fputs(rest, out);
}

void page_put_inline(FILE *out, const char *text)
{
    static const char *const traps[] = {"</script", "</style", "<!--"};
    for (; *text; text++) {
        bool trap = false;
        for (size_t i = 0; *text == '<' && i < sizeof traps / sizeof traps[0]; i++)
            trap |= strncasecmp(text, traps[i], strlen(traps[i])) == 0;
        (void)fputc(*text, out);
        if (trap)
            (void)fputc('\\', out);
    }
    (void)fputc('\n', out);
}

void page_put_library(FILE *out)
{
    (void)fputs("<script>\n/*\n", out);
    page_put_inline(out, asset_uplot_license);
    (void)fputs("*/\n", out);
    page_put_inline(out, asset_uplot_js);
    (void)fputs("</script>\n", out);
}
