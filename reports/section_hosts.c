#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "comparison_text.h"
#include "host_words.h"
#include "json_build.h"
#include "markdown.h"
#include "memory_stream.h"
#include "row_words.h"
#include "sections.h"
#include "text.h"

/* More names than these are a number of hosts. */
enum { NAMED_MAX = 12 };

/* With more hosts a pair is told as a whole only. */
enum { EACH_MAX = 100 };

/* "Measured on 3 hosts: n1 (4 blocks), n2 (4), n3 (4)." */
static char *measured_on(const struct result_workload *workload)
{
    const struct measured_hosts *hosts = &workload->hosts;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    (void)fprintf(out, "Measured on %zu hosts", hosts->count);
    for (size_t h = 0; h < hosts->count && hosts->count <= NAMED_MAX; h++)
        (void)fprintf(out, h == 0 ? ": %s (%zu blocks)" : ", %s (%zu)",
                      measured_hosts_name(hosts, h), hosts->block_count[h]);
    (void)fputs(". A block is of one host, and rows are compared within it.", out);
    if (measured_hosts_machines(hosts) < hosts->count)
        (void)fputc(' ', out);
    (void)host_say_machines(out, hosts);
    return memory_stream_close(&memory);
}

static char *comparison_over_hosts(const struct result_workload *workload, size_t index, size_t row,
                                   size_t reference)
{
    struct memory_stream memory;
    bool any = host_say_comparison(memory_stream_open(&memory), workload, index, row, reference);
    char *text = memory_stream_close(&memory);
    if (any)
        return text;
    free(text);
    return NULL;
}

/* "end holds on 3 of 3 hosts (-19 to -11 %), CPU not told apart on 3 hosts (-1 to +2 %); on other
 * such hosts end would be 0.70 to 0.98 (95 %)". NULL: nothing can be said. */
static char *row_over_hosts(const struct result_workload *workload, size_t row, size_t reference)
{
    enum { END = 1 }; /* of compared_metrics: what the page shows first */
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    size_t said = 0;
    AUTO_FREE char *before = NULL; /* metrics of which the same is said share it */
    for (size_t i = 0; i < COMPARED_METRICS; i++) {
        AUTO_FREE char *sentence = comparison_over_hosts(workload, i, row, reference);
        if (!comparison_shown(workload, i) || !sentence)
            continue;
        bool shares = before && strcmp(before, sentence) == 0;
        if (before && !shares)
            (void)fprintf(out, ": %s; ", before);
        (void)fprintf(out, "%s%s", shares ? ", " : "", comparison_titles[i]);
        said++;
        free(before);
        before = text_own(sentence);
    }
    if (before)
        (void)fprintf(out, ": %s", before);
    struct comparison end = compare_metrics_pair(&workload->comparisons[END], row, reference);
    bool machines = measured_hosts_machines(&workload->hosts) == workload->hosts.count;
    if (said > 0 && machines && isfinite(end.others_low))
        (void)fprintf(out, ". On other hosts like these end is %.2f to %.2f of it (95 %%)%s",
                      end.others_low, end.others_high,
                      end.hosts == 2 ? ": two hosts say little" : "");
    char *text = memory_stream_close(&memory);
    if (said > 0)
        return text;
    free(text);
    return NULL;
}

static char *verdicts_over_hosts(const struct result_workload *workload, size_t row)
{
    struct memory_stream memory;
    const struct result_row *of = &workload->rows[row];
    bool any = host_say_verdicts(memory_stream_open(&memory), workload, of, row_primary(of));
    char *text = memory_stream_close(&memory);
    if (any)
        return text;
    free(text);
    return NULL;
}

void section_hosts_terminal(const struct result_workload *workload, struct terminal *terminal)
{
    if (workload->hosts.count < 2)
        return;
    size_t reference = comparison_reference(workload);
    AUTO_FREE char *where = measured_on(workload);
    terminal_say(terminal, LOOK_PLAIN, where);
    for (size_t row = 0; row < workload->row_count; row++) {
        AUTO_FREE char *verdicts = verdicts_over_hosts(workload, row);
        AUTO_FREE char *compared =
            row == reference ? NULL : row_over_hosts(workload, row, reference);
        AUTO_FREE char *line = NULL;
        if (!verdicts && !compared)
            continue;
        if (asprintf(&line, "%s: %s%s%s%s%s", workload->rows[row].row->name,
                     verdicts ? verdicts : "", verdicts && compared ? "; against " : "",
                     compared ? workload->rows[reference].row->name : "", compared ? ": " : "",
                     compared ? compared : "") < 0)
            abort();
        terminal_item(terminal, line);
    }
}

void section_hosts_markdown(const struct result_workload *workload, FILE *out)
{
    if (workload->hosts.count < 2)
        return;
    size_t reference = comparison_reference(workload);
    AUTO_FREE char *where = measured_on(workload);
    markdown_paragraph(out, where);
    (void)fputs("| row | verdict | against ", out);
    markdown_text(out, workload->rows[reference].row->name);
    (void)fputs(" |\n|---|---|---|\n", out);
    for (size_t row = 0; row < workload->row_count; row++) {
        AUTO_FREE char *verdicts = verdicts_over_hosts(workload, row);
        AUTO_FREE char *compared =
            row == reference ? NULL : row_over_hosts(workload, row, reference);
        (void)fputs("| ", out);
        markdown_text(out, workload->rows[row].row->name);
        (void)fputs(" | ", out);
        markdown_text(out, verdicts ? verdicts : "n/a");
        (void)fputs(" | ", out);
        markdown_text(out, compared ? compared : "");
        (void)fputs(" |\n", out);
    }
    (void)fputc('\n', out);
}

json_t *section_hosts_json(const struct result_workload *workload)
{
    json_t *array = json_build(json_array());
    for (size_t h = 0; h < workload->hosts.count; h++) {
        json_t *json = json_build(json_object());
        json_build_put(json, "name", json_build_text(measured_hosts_name(&workload->hosts, h)));
        json_build_put(json, "blocks", json_integer((json_int_t)workload->hosts.block_count[h]));
        json_build_push(array, json);
    }
    return array;
}

static json_t *each_host(const struct result_workload *workload, size_t index,
                         const struct comparison *pair)
{
    const struct measured_hosts *hosts = &workload->hosts;
    if (hosts->count > EACH_MAX)
        return json_null();
    json_t *list = json_build(json_array());
    AUTO_FREE struct compare_host *each = calloc(hosts->count, sizeof *each);
    if (!each)
        abort();
    compare_metrics_on_each(workload, index, pair->row, pair->reference, each);
    for (size_t h = 0; h < hosts->count; h++) {
        json_t *host = json_build(json_object());
        json_build_put(host, "host", json_build_text(measured_hosts_name(hosts, h)));
        json_build_put(host, "blocks", json_integer((json_int_t)each[h].blocks));
        json_build_put(host, "ratio", json_build_number(each[h].ratio));
        json_build_put(host, "low_ratio", json_build_number(each[h].low));
        json_build_put(host, "high_ratio", json_build_number(each[h].high));
        json_build_put(host, "word", json_build_text(comparison_words[each[h].word]));
        json_build_push(list, host);
    }
    return list;
}

json_t *section_hosts_pair_json(const struct result_workload *workload, size_t index,
                                const struct comparison *pair)
{
    if (pair->hosts < 2)
        return json_null();
    json_t *json = json_build(json_object());
    json_build_put(json, "hosts", json_integer((json_int_t)pair->hosts));
    json_build_put(json, "agree", json_integer((json_int_t)pair->hosts_agree));
    json_build_put(json, "differ", json_boolean(pair->hosts_differ));
    json_build_put(json, "others_low_ratio", json_build_number(pair->others_low));
    json_build_put(json, "others_high_ratio", json_build_number(pair->others_high));
    json_build_put(json, "each", each_host(workload, index, pair));
    return json;
}
