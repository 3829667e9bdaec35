#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "attribution.h"
#include "attribution_json.h"
#include "cleanup.h"
#include "command.h"
#include "curve_file.h"
#include "findings_text.h"
#include "json_file.h"
#include "wrap.h"

struct options {
    struct option_words files;
    const char *subject;
    bool json;
};

static const struct option_row option_rows[] = {
    {.name = "subject",
     .letter = 's',
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, subject),
     .help = "Of a trial's samples.csv: a measured role (default: the first in it)"},
    {.name = "json",
     .letter = 'j',
     .at = offsetof(struct options, json),
     .help = "Print all figures as a JSON array, one object per file"},
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn judge curve.csv", NULL},
    {"heapchurn judge --subject NAME results/R/trials/*/samples.csv", NULL},
    {"heapchurn judge --json run-*.csv | jq '.[].findings[0]'", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "judged, whatever the class"},
    {"2", "usage, or a file that cannot be read"},
    {NULL, NULL},
};

static int judge_file(const char *name, const char *subject, struct curve_file *out,
                      struct err *err);
static void print_judged(const char *name, const struct curve_file *file,
                         const struct attribution *attribution, const struct text_style *style);
static json_t *judged_json(const char *name, const struct curve_file *file,
                           const struct attribution *attribution);

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    struct text_style style;
    json_t *array = options->json ? json_array() : NULL;
    text_style_detect(stdout, &style);
    int status = 0;
    for (size_t i = 0; status == 0 && i < options->files.count; i++) {
        const char *name = options->files.words[i];
        struct attribution attribution;
        AUTO(curve_file) struct curve_file file = {0};
        status = judge_file(name, options->subject, &file, err);
        if (status < 0)
            break;
        attribution_judge(&file.curve, &attribution);
        if (array)
            (void)json_array_append_new(array, judged_json(name, &file, &attribution));
        else
            print_judged(name, &file, &attribution, &style);
    }
    if (status == 0 && array) {
        (void)json_dumpf(array, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
        (void)putchar('\n');
    }
    json_decref(array);
    return status == 0 ? EXIT_OK : EXIT_USAGE;
}

const struct command command_judge = {
    .name = "judge",
    .summary = "whose memory it is, in any memory curve from a file",
    .description =
        "Whose memory does a process occupy: the application's (live), the allocator's (kept), or "
        "neither's (outside)?\n\n"
        "Prints for each FILE its name, the class, the confidence (high, medium, low, none), and "
        "then what was found, the largest first, each with its size and what to do next. --json "
        "prints all figures. FILE - is standard input.\n\n"
        "Classes: leak (live grows), retention (the allocator keeps what was freed), outside "
        "(stacks, own mappings, shared memory, files, another allocator), not-live (retention or "
        "outside; the column that tells which is missing), plateau (nothing grows and nothing is "
        "high), inconclusive (it cannot be told, and why).\n\n"
        "FILE is CSV, separated by commas, semicolons or tabs. Its first line names the columns, "
        "in any order: cycle, elapsed_s, live_bytes (held by the application), heap_bytes "
        "(committed by the allocator), allocator_resident_bytes, rss_bytes, rss_anon_bytes, "
        "lazyfree_bytes, anon_huge_bytes, shmem_bytes, stack_bytes, file_bytes, swap_bytes. Wanted "
        "are cycle and one of memory; each more tells more. Empty, NA and null mean not known. Put "
        "in the work only, 60 rows or more. The samples.csv of a trial is judged as the run did. "
        "Read as well: what 'heapchurn watch -o' writes, logs of psrecord, and copies of "
        "/proc/PID/smaps_rollup one after the other.",
    .options = option_rows,
    .arguments = {.usage = "FILE...",
                  .least = 1,
                  .most = SIZE_MAX,
                  .at = offsetof(struct options, files),
                  .completes = COMPLETE_FILE,
                  .missing = "no file to judge; write 'heapchurn judge FILE.csv'"},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};

static int judge_file(const char *name, const char *subject, struct curve_file *out,
                      struct err *err)
{
    bool is_stdin = strcmp(name, "-") == 0;
    AUTO_FCLOSE FILE *opened = is_stdin ? NULL : fopen(name, "re");
    if (!is_stdin && !opened)
        return err_set(err, -errno, "%s: cannot open it: %s", name, strerror(errno));
    return curve_file_read(is_stdin ? stdin : opened, name, subject, out, err);
}

/* "curve.csv leak high", and below it a paragraph per finding and per remark. */
static void print_judged(const char *name, const struct curve_file *file,
                         const struct attribution *attribution, const struct text_style *style)
{
    enum { INDENT = 2 };
    (void)printf("%s %s %s\n", name, verdict_names[attribution->verdict.kind],
                 confidence_names[attribution->verdict.confidence]);
    findings_text_print(attribution, file->axis, true, style);
    for (size_t i = 0; i < file->remark_count; i++)
        wrap_print(stdout, style, LOOK_PLAIN, "", INDENT, file->remark[i]);
}

static json_t *judged_json(const char *name, const struct curve_file *file,
                           const struct attribution *attribution)
{
    json_t *judged = attribution_json(attribution, file->axis);
    json_t *remarks = json_object_get(judged, "remarks");
    for (size_t i = 0; i < file->remark_count; i++)
        (void)json_array_append_new(remarks, json_text(file->remark[i]));
    (void)json_object_set_new(judged, "file", json_text(name));
    return judged;
}
