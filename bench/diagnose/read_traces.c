/* Readers of traces of every single call: what is left is found by following them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "line.h"
#include "mtrace.h"
#include "read.h"

static void mtrace_stack(const struct mtrace_caller *caller, enum moment moment,
                         const struct allocator_leak *sum, struct stacks *out)
{
    const char *colon = strchr(caller->place, ':');
    const char *bracket = strrchr(caller->place, '[');
    struct frame frame = {.function = NULL};
    if (sum->blocks == 0)
        return;
    if (bracket)
        frame.address = strtoull(bracket + 1, NULL, 16) - 1; /* where the call returns to */
    if (colon && bracket) {
        frame.object = stacks_text(out, caller->place, (size_t)(colon - caller->place));
        frame.in_object = true;
    }
    stacks_begin(out, moment, (struct amount){.bytes = sum->bytes, .blocks = sum->blocks});
    stacks_frame(out, &frame);
}

int read_mtrace(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    AUTO(mtrace) struct mtrace trace = {.callers = NULL};
    union { /* fmemopen takes a plain pointer; "r" only reads */
        const char *in;
        char *out;
    } memory = {.in = text};
    AUTO_FCLOSE FILE *in = fmemopen(memory.out, strlen(text), "r");
    if (!in)
        return err_set(err, -errno, "the trace of mtrace cannot be read: %s", strerror(errno));
    int code = mtrace_follow(in, &trace, err);
    if (code < 0)
        return code;
    if (!trace.ended && moment != MOMENT_LIVE)
        return err_set(err, -EPROTO, "the trace of mtrace is cut off after %zu lines", trace.lines);
    struct mtrace_caller *caller;
    struct mtrace_caller *next;
    HASH_ITER(hh, trace.callers, caller, next)
    {
        mtrace_stack(caller, moment, &caller->left, out);
        if (moment == MOMENT_LOST) /* the whole trace, once */
            mtrace_stack(caller, MOMENT_TOTAL, &caller->made, out);
    }
    return 0;
}

/*
 * heaptrack, interpreted. All numbers are hexadecimal; tables count from 1, infos from 0.
 *     v VERSION FORMAT                                first line
 *     s LENGTH TEXT                                   string; before format 3: s TEXT
 *     i ADDRESS MODULE [FUNCTION FILE LINE]…          call; inlined ones first
 *     t CALL PARENT                                   trace: a call and the trace that made it
 *     a BYTES TRACE                                   info: a size allocated along a trace
 *     + INFO   - INFO                                 allocated, freed
 *     c TIME   R PAGES                                now and then, and last of all at the end
 */
struct heaptrack {
    uint64_t format;
    struct line *strings, *calls;
    size_t string_count, call_count;
    struct trace {
        uint64_t call, parent;
    } * traces;
    size_t trace_count;
    struct info {
        int64_t bytes;
        uint64_t trace;
        int64_t live, total;
    } * infos;
    size_t info_count;
};

static void heaptrack_release(struct heaptrack *trace)
{
    free(trace->strings);
    free(trace->calls);
    free(trace->traces);
    free(trace->infos);
}
DEFINE_AUTO(heaptrack, heaptrack_release)

static void add_line(struct line **list, size_t *count, const char *text, const char *end)
{
    *list = grow(*list, *count, sizeof **list);
    (*list)[(*count)++] = (struct line){text, (size_t)(end - text)};
}

static void heaptrack_line(struct heaptrack *trace, const struct line *line)
{
    const char *text = line->text + 1;
    const char *end = line->text + line->length;
    uint64_t a = 0;
    uint64_t b = 0;
    int read = sscanf(text, "%" SCNx64 " %" SCNx64, &a, &b);
    if (*line->text == 's') {
        const char *string = memchr(text, ' ', line->length - 1);
        if (string && trace->format >= 3)
            string = memchr(string + 1, ' ', (size_t)(end - string - 1));
        add_line(&trace->strings, &trace->string_count, string ? string + 1 : end, end);
    } else if (*line->text == 'v' && read == 2) {
        trace->format = b;
    } else if (*line->text == 'i') {
        add_line(&trace->calls, &trace->call_count, text, end);
    } else if (*line->text == 't' && read == 2) {
        trace->traces = grow(trace->traces, trace->trace_count, sizeof *trace->traces);
        trace->traces[trace->trace_count++] = (struct trace){a, b};
    } else if (*line->text == 'a' && read == 2) {
        trace->infos = grow(trace->infos, trace->info_count, sizeof *trace->infos);
        trace->infos[trace->info_count++] = (struct info){.bytes = (int64_t)a, .trace = b};
    } else if (*line->text == '+' && read >= 1 && a < trace->info_count) {
        trace->infos[a].live++;
        trace->infos[a].total++;
    } else if (*line->text == '-' && read >= 1 && a < trace->info_count) {
        trace->infos[a].live--;
    }
}

static const char *heaptrack_string(const struct heaptrack *trace, uint64_t index,
                                    struct stacks *out)
{
    if (index == 0 || index > trace->string_count)
        return NULL;
    const struct line *string = &trace->strings[index - 1];
    return stacks_text(out, string->text, string->length);
}

static void heaptrack_call(const struct heaptrack *trace, const struct line *call,
                           struct stacks *out)
{
    const char *end = call->text + call->length;
    char *at = NULL;
    struct frame frame = {.address = strtoull(call->text, &at, 16)};
    frame.object = heaptrack_string(trace, strtoull(at, &at, 16), out);
    bool any = false;
    while (at < end && *at == ' ') {
        frame.function = heaptrack_string(trace, strtoull(at, &at, 16), out);
        frame.file = at < end ? heaptrack_string(trace, strtoull(at, &at, 16), out) : NULL;
        frame.line = at < end ? (int64_t)strtoull(at, &at, 16) : 0;
        stacks_frame(out, &frame);
        any = true;
    }
    if (!any)
        stacks_frame(out, &frame);
}

static void heaptrack_stack(const struct heaptrack *trace, const struct info *info,
                            enum moment moment, int64_t blocks, struct stacks *out)
{
    enum { DEPTH = 256 };
    if (blocks <= 0)
        return;
    stacks_begin(out, moment, (struct amount){.bytes = blocks * info->bytes, .blocks = blocks});
    uint64_t at = info->trace;
    for (int depth = 0; at > 0 && at <= trace->trace_count && depth < DEPTH; depth++) {
        const struct trace *step = &trace->traces[at - 1];
        if (step->call > 0 && step->call <= trace->call_count)
            heaptrack_call(trace, &trace->calls[step->call - 1], out);
        at = step->parent;
    }
}

int read_heaptrack(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    AUTO(heaptrack) struct heaptrack trace = {.string_count = 0};
    if (strncmp(text, "v ", 2) != 0)
        return err_set(err, -EPROTO, "no trace of heaptrack: it does not begin with its version");
    char last = '\0';
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        heaptrack_line(&trace, &line);
        if (line.length > 0 && *line.text != '#')
            last = *line.text;
    }
    if (trace.info_count == 0)
        return err_set(err, -EPROTO, "the trace of heaptrack holds no allocation");
    if (moment == MOMENT_LOST && trace.format >= 3 && last != 'R')
        return err_set(err, -EPROTO, "the trace of heaptrack is cut off: no RSS in its last line");
    for (size_t i = 0; i < trace.info_count; i++) {
        heaptrack_stack(&trace, &trace.infos[i], moment, trace.infos[i].live, out);
        if (moment == MOMENT_LOST)
            heaptrack_stack(&trace, &trace.infos[i], MOMENT_TOTAL, trace.infos[i].total, out);
    }
    return 0;
}
