#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "curve_csv.h"
#include "json_file.h"
#include "verdict.h"
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
     .fallback = "peer",
     .help = "Of a trial's samples.csv: peer or proxy"},
    {.name = "json",
     .letter = 'j',
     .at = offsetof(struct options, json),
     .help = "Print all figures as a JSON array, one object per file"},
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn judge curve.csv", NULL},
    {"heapchurn judge --subject proxy results/R/trials/*/samples.csv", NULL},
    {"heapchurn judge --json run-*.csv | jq '.[].sentence'", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "judged, whatever the verdict"},
    {"2", "usage, or a file that cannot be read"},
    {NULL, NULL},
};

static int judge_file(const char *name, const char *subject, struct verdict *out, struct err *err);
static void print_verdict(const char *name, const struct verdict *verdict,
                          const struct text_style *style);
static json_t *verdict_json(const char *name, const struct verdict *verdict);
static json_t *signal_json(const struct verdict_signal *signal);
static json_t *number_json(double value);

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    struct text_style style;
    json_t *array = options->json ? json_array() : NULL;
    text_style_detect(stdout, &style);
    int status = 0;
    for (size_t i = 0; status == 0 && i < options->files.count; i++) {
        const char *name = options->files.words[i];
        struct verdict verdict = {.samples = 0};
        status = judge_file(name, options->subject, &verdict, err);
        if (status == 0 && array)
            (void)json_array_append_new(array, verdict_json(name, &verdict));
        else if (status == 0)
            print_verdict(name, &verdict, &style);
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
    .summary = "the verdict on any memory curve in a CSV file",
    .description =
        "Is a memory curve a leak, retention, a plateau, or can it not be told?\n\n"
        "Prints for each FILE its name, the verdict (leak, retention, plateau, inconclusive), the "
        "confidence (high, medium, low, none), and why; --json prints all figures. FILE - is "
        "standard input.\n\n"
        "FILE is CSV. Its first line names the columns, in any order: cycle, live_bytes (held by "
        "the application), heap_bytes (held by the allocator), rss_bytes (anonymous RSS is best). "
        "Others are ignored. An empty field means not available: without live_bytes a leak can be "
        "neither called nor ruled out. Put in the churn phase only; 120 samples or more make a "
        "sure verdict. The samples.csv of a trial is judged as the run did: the subject's lines at "
        "ends of rounds.",
    .options = option_rows,
    .arguments = {.usage = "FILE.csv...",
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

static int judge_file(const char *name, const char *subject, struct verdict *out, struct err *err)
{
    bool is_stdin = strcmp(name, "-") == 0;
    AUTO_FCLOSE FILE *opened = is_stdin ? NULL : fopen(name, "re");
    if (!is_stdin && !opened)
        return err_set(err, -errno, "%s: cannot open it: %s", name, strerror(errno));
    AUTO(curve_file) struct curve_file file = {0};
    int status = curve_csv_read(is_stdin ? stdin : opened, name, subject, &file, err);
    if (status < 0)
        return status;
    struct curve curve = curve_file_curve(&file);
    verdict_judge(&curve, out);
    return 0;
}

/* "curve.csv leak high", and below it the sentence. */
static void print_verdict(const char *name, const struct verdict *verdict,
                          const struct text_style *style)
{
    enum { INDENT = 2 };
    struct verdict_vote vote;
    char sentence[512];
    verdict_vote(verdict, 1, &vote);
    (void)verdict_sentence(&vote, sentence, sizeof sentence);
    (void)printf("%s %s %s\n", name, verdict_names[verdict->kind],
                 confidence_names[verdict->confidence]);
    wrap_print(stdout, style, LOOK_PLAIN, "", INDENT, sentence);
}

static json_t *verdict_json(const char *name, const struct verdict *verdict)
{
    struct verdict_vote vote;
    char sentence[512];
    verdict_vote(verdict, 1, &vote);
    (void)verdict_sentence(&vote, sentence, sizeof sentence);
    return json_pack(
        "{s:o, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o}", "file", json_text(name), "verdict",
        verdict_names[verdict->kind], "confidence", confidence_names[verdict->confidence], "reason",
        verdict_reason_names[verdict->reason], "sentence", sentence, "samples",
        (json_int_t)verdict->samples, "heap_per_live", number_json(verdict->heap_per_live), "live",
        signal_json(&verdict->live), "rss", signal_json(&verdict->rss));
}

static json_t *signal_json(const struct verdict_signal *signal)
{
    if (!signal->available)
        return json_null();
    return json_pack(
        "{s:s, s:b, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "state",
        signal_state_names[signal->state], "settled", signal->settled, "samples",
        (json_int_t)signal->samples, "slope_bytes_per_cycle", number_json(signal->slope_per_cycle),
        "slope_low_bytes_per_cycle", number_json(signal->slope_low), "slope_high_bytes_per_cycle",
        number_json(signal->slope_high), "unseen_bytes_per_cycle",
        number_json(signal->unseen_per_cycle), "pace_ratio", number_json(signal->pace),
        "largest_step_share_ratio", number_json(signal->largest_step_share), "level_bytes",
        number_json(signal->level_bytes), "tolerance_bytes", number_json(signal->tolerance_bytes),
        "flat_bytes", number_json(signal->flat_bytes), "judged_cycles",
        number_json(signal->judged_cycles));
}

/* JSON has no NaN and no infinity: not available. */
static json_t *number_json(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}
