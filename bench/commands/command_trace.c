/*
 * heapchurn trace: what is in a trace; and a trace made of another one.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "path.h"
#include "temporary.h"
#include "text.h"
#include "trace_edit.h"
#include "trace_pack.h"
#include "trace_raw.h"
#include "trace_text.h"
#include "units.h"

struct options {
    struct option_words file;
    bool json;
    int64_t image;
    const char *anonymise;
    const char *cut;
    const char *output;
};

static const struct option_row option_rows[] = {
    {.name = "json", .at = offsetof(struct options, json), .help = "As JSON, all of it"},
    {.name = "image",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .at = offsetof(struct options, image),
     .least = 1,
     .most = 1 << 24,
     .help = "Which of its programs (default: the one with the most events)"},
    {.name = "anonymise",
     .argument = "OUT",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, anonymise),
     .completes = COMPLETE_FILE,
     .help =
         "Write it to OUT without what names anybody: command line, programs, host, process "
         "numbers, dates, texts of marks. Packed anew, as small as can be up to 64 MiB of events, "
         "which takes 15 s"},
    {.name = "cut",
     .argument = "FROM..TO",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, cut),
     .help = "Write what happened from FROM to TO, such as 10s..1m30s, to -o: blocks that live at "
             "FROM are allocated at its beginning"},
    {.name = "output",
     .letter = 'o',
     .argument = "OUT",
     .kind = OPTION_TEXT,
     .at = offsetof(struct options, output),
     .completes = COMPLETE_FILE,
     .help = "Where --cut writes to"},
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn trace redis.trace", "sizes, lifetimes, the peak, threads, rates"},
    {"heapchurn trace redis.trace --anonymise public.trace", "to be given away"},
    {"heapchurn trace day.trace --cut 1h..1h5m -o rush.trace", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "told; whether it is whole stands there, too"},
    {"2", "usage, or a file that is no trace or makes no sense"},
    {NULL, NULL},
};

/* What a recording writes, or has left behind: packed for a moment, and read like any other. */
static int open_raw(const char *path, struct trace_file *out, struct err *err)
{
    char folder[PATH_MAX];
    struct trace_raw raw = {.bytes = NULL};
    int code = trace_raw_open(path, &raw, err);
    if (code < 0)
        return code;
    (void)fprintf(stderr,
                  "trace: %s was not packed yet: what is being written, or was when it was killed, "
                  "%zu of %zu chunks, is read up to the last whole event of each\n",
                  path, raw.unfinished, raw.count + raw.damaged);
    trace_raw_close(&raw);
    code = temporary_open("trace", folder, sizeof folder, err);
    if (code < 0)
        return code;
    AUTO_FREE char *packed = path_join(folder, "packed.trace");
    code = trace_pack_raw(path, packed, "", 0, TRACE_PACK_LEVEL, err);
    if (code == 0)
        code = trace_file_open(packed, out, err);
    temporary_remove(folder);
    if (code == 0) {
        free(out->path);
        out->path = text_own(path);
    }
    return code;
}

static int read_facts(const struct trace_file *file, struct trace_facts *out, struct err *err)
{
    trace_facts_init(out);
    return file->facts && file->facts_bytes > 0
               ? trace_facts_read(file->facts, file->facts_bytes, out, err)
               : 0;
}

static int anonymise(struct trace_file *file, struct trace_facts *facts, const char *path,
                     struct err *err)
{
    trace_facts_anonymise(facts);
    AUTO_FREE char *text = trace_facts_text(facts);
    int code = trace_edit_anonymise(file, text, path, err);
    if (code == 0)
        (void)printf("%s holds sizes, order, threads, times, and how far blocks were written; no "
                     "command line, no host, no process numbers, no dates. Sizes can still tell "
                     "something of what was processed.\n",
                     path);
    return code;
}

/* "10s..1m30s" in ms; either may be missing. */
static int parse_cut(const char *text, uint64_t *out_from_ms, uint64_t *out_to_ms, struct err *err)
{
    const char *dots = strstr(text, "..");
    if (!dots)
        return err_set(err, -EINVAL, "--cut '%s': expected FROM..TO, such as 10s..1m30s", text);
    AUTO_FREE char *from = strndup(text, (size_t)(dots - text));
    int64_t from_ns = 0, to_ns = INT64_MAX;
    int code = from && *from ? units_parse_duration(from, &from_ns, err) : 0;
    if (code == 0 && dots[2])
        code = units_parse_duration(dots + 2, &to_ns, err);
    if (code < 0)
        return err_wrap(err, "--cut");
    if (from_ns >= to_ns)
        return err_set(err, -EINVAL, "--cut '%s': it ends before it begins", text);
    *out_from_ms = (uint64_t)(from_ns / CLOCK_NS_PER_MS);
    *out_to_ms = (uint64_t)(to_ns / CLOCK_NS_PER_MS);
    return 0;
}

/* What the original's memory was is not true of a part of it. */
static int cut(struct trace_file *file, const struct traced_image *image, struct trace_facts *facts,
               const struct options *options, struct err *err)
{
    uint64_t from_ms = 0, to_ms = 0;
    if (!options->output)
        return err_set(err, -EINVAL, "--cut needs -o FILE, where to write to");
    int code = parse_cut(options->cut, &from_ms, &to_ms, err);
    if (code < 0)
        return code;
    struct trace_facts part;
    trace_facts_init(&part);
    part.allocator = facts->allocator;
    part.version = facts->version;
    part.cores = facts->cores;
    part.command = facts->command;
    AUTO_FREE char *text = trace_facts_text(&part);
    code = trace_edit_cut(file, image, from_ms, to_ms, text, options->output, err);
    if (code == 0)
        (void)printf("%s holds that part; what memory the program took then was not kept, so a "
                     "replay of it has nothing to be checked against\n",
                     options->output);
    return code;
}

static int tell(struct trace_file *file, const struct traced_image *image,
                const struct trace_facts *facts, bool as_json, struct err *err)
{
    struct trace_summary summary;
    const struct trace_account account = {
        .file = file, .image = image, .facts = facts, .summary = &summary};
    int code = trace_summary(file, image, &summary, err);
    if (code < 0)
        return code;
    if (!as_json) {
        trace_text_print(&account, stdout);
        return 0;
    }
    json_t *json = trace_text_json(&account);
    (void)json_dumpf(json, stdout, JSON_INDENT(2));
    (void)putchar('\n');
    json_decref(json);
    return 0;
}

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    AUTO(trace_facts) struct trace_facts facts;
    trace_facts_init(&facts);
    const char *path = options->file.words[0];
    int code = trace_raw_is(path) ? open_raw(path, &file, err) : trace_file_open(path, &file, err);
    if (code == 0)
        code = read_facts(&file, &facts, err);
    if (code < 0)
        return EXIT_USAGE;
    const struct traced_image *image = options->image > 0
                                           ? trace_file_image(&file, (uint32_t)options->image)
                                           : trace_file_main_image(&file);
    if (!image)
        code = err_set(err, -EINVAL, "%s has no program of number %" PRId64, file.path,
                       options->image);
    else if (options->anonymise)
        code = anonymise(&file, &facts, options->anonymise, err);
    else if (options->cut)
        code = cut(&file, image, &facts, options, err);
    else
        code = tell(&file, image, &facts, options->json, err);
    return code == 0 ? EXIT_OK : EXIT_USAGE;
}

const struct command command_trace = {
    .name = "trace",
    .summary = "tell what is in a recorded trace, or make another one of it",
    .description =
        "Tell what a program allocated when it was recorded ('heapchurn record'): sizes, lifetimes "
        "in time and in bytes allocated meanwhile, the peak and what it was made of, the share of "
        "blocks that another thread freed, threads and calls over time.\n\n"
        "A trace holds sizes, order, threads and times, and beside them what was run and where, "
        "which --anonymise takes out. One that was cut off or damaged is read as far as it is "
        "whole, and that is said; so is FILE.raw, while it is recorded or when heapchurn was "
        "killed "
        "meanwhile.",
    .options = option_rows,
    .arguments = {.usage = "FILE",
                  .least = 1,
                  .most = 1,
                  .at = offsetof(struct options, file),
                  .completes = COMPLETE_FILE,
                  .missing = "which trace? 'heapchurn record' makes one",
                  .surplus = "one trace at a time"},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
