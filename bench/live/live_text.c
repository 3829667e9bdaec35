#include "live_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assets.h"
#include "clock.h"
#include "page.h"

/* A string of JSON that may stand in a script element as well. What does not fit is cut. */
static const char *quote(const char *text, char *out, size_t size)
{
    size_t used = 0;
    out[used++] = '"';
    for (; *text && used + 8 < size; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || byte == 0x7f || strchr("\"\\<>&", byte))
            used += (size_t)snprintf(out + used, size - used, "\\u%04x", byte);
        else
            out[used++] = (char)byte;
    }
    out[used++] = '"';
    out[used] = '\0';
    return out;
}

static void put_show(FILE *out, const struct live_show *show)
{
    char text[LIVE_EVENT_MAX];
    (void)fputs("{\"workloads\":[", out);
    for (size_t i = 0; i < show->workload_count; i++)
        (void)fprintf(out, "%s{\"name\":%s,\"cycles\":%" PRId64 "}", i ? "," : "",
                      quote(show->workloads[i].name, text, sizeof text),
                      workload_cycles(&show->workloads[i]));
    (void)fputs("],\"rows\":[", out);
    for (size_t i = 0; i < show->row_count; i++)
        (void)fprintf(out, "%s%s", i ? "," : "", quote(show->rows[i].name, text, sizeof text));
    (void)fputs("],\"trials\":[", out);
    for (size_t i = 0; i < show->plan->trial_count; i++) {
        const struct plan_trial *trial = &show->plan->trials[i];
        (void)fprintf(out, "%s[%zu,%zu,%" PRId64 "]", i ? "," : "", trial->workload, trial->row,
                      trial->block);
    }
    (void)fputs("]}", out);
}

static void put_part(FILE *out, const char *name, const struct live_show *show)
{
    if (strcmp(name, "css") == 0) {
        page_put_inline(out, asset_uplot_css);
        page_put_inline(out, asset_page_css);
    } else if (strcmp(name, "show") == 0) {
        put_show(out, show);
    } else if (strcmp(name, "scripts") == 0) {
        if (*asset_uplot_js)
            page_put_library(out);
        (void)fputs("<script>\n", out);
        page_put_inline(out, asset_chart_js);
        page_put_inline(out, asset_live_js);
        (void)fputs("</script>\n", out);
    }
}

char *live_text_page(const struct live_show *show)
{
    char *page = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&page, &size);
    if (!out)
        abort();
    const char *rest = asset_live_html;
    for (const char *open; (open = strstr(rest, "{{"));) {
        char name[16] = "";
        (void)sscanf(open, "{{%15[a-z]}}", name);
        (void)fwrite(rest, 1, (size_t)(open - rest), out);
        put_part(out, name, show);
        rest = open + strlen(name) + 4;
    }
    (void)fputs(rest, out);
    if (fclose(out) != 0)
        abort();
    return page;
}

const char *live_text_point(const struct runner_progress *at, char *out, size_t size)
{
    (void)snprintf(out, size,
                   "{\"kind\":\"point\",\"trial\":%" PRId64 ",\"attempt\":%" PRId64
                   ",\"cycle\":%" PRId64 ",\"ms\":%" PRId64 ",\"anon\":%" PRId64 ",\"rss\":%" PRId64
                   ",\"phase\":\"%s\",\"left_s\":%" PRId64 "}",
                   at->trial, at->attempt, at->now.cycles_done,
                   at->now.elapsed_ns / CLOCK_NS_PER_MS, at->now.rss_anon_bytes / 1024,
                   at->now.rss_bytes / 1024, record_phase_names[at->now.phase],
                   at->left_ns < 0 ? -1 : at->left_ns / CLOCK_NS_PER_S);
    return out;
}

const char *live_text_end(const struct runner_progress *at, const struct record *record, char *out,
                          size_t size)
{
    char reason[LIVE_EVENT_MAX / 2];
    (void)snprintf(out, size,
                   "{\"kind\":\"end\",\"trial\":%" PRId64 ",\"attempt\":%" PRId64
                   ",\"outcome\":\"%s\",\"noisy\":%d,\"reason\":%s}",
                   at->trial, at->attempt, record_outcome_names[record->outcome],
                   record->noise.noisy,
                   quote(record->reason         ? record->reason
                         : record->noise.reason ? record->noise.reason
                                                : "",
                         reason, sizeof reason));
    return out;
}
