/* Readers of traces of every single call: what is left is found by following them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "line.h"
#include "mtrace.h"
#include "read.h"
#include "saturate.h"

static void mtrace_stack(const struct mtrace_caller *caller, enum moment moment,
                         const struct amount *sum, struct stacks *out)
{
    const char *colon = strchr(caller->place, ':');
    const char *bracket = strrchr(caller->place, '[');
    struct frame frame = {.function = NULL};
    uint64_t returns_to = 0;
    if (sum->blocks == 0)
        return;
    struct line rest = line_first(bracket ? bracket + 1 : "");
    if (rest.text && line_take_hex(&rest, &returns_to))
        frame.address = frame_before(returns_to);
    if (colon && bracket) {
        frame.object = stacks_text(out, caller->place, (size_t)(colon - caller->place));
        frame.in_object = true;
    }
    stacks_begin(out, moment, *sum);
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

static void add_line(struct line **list, size_t *count, const struct line *line)
{
    *list = grow(*list, *count, sizeof **list);
    (*list)[(*count)++] = *line;
}

/* A trace is made by an earlier one, so that following it comes to an end. */
static void add_trace(struct heaptrack *trace, uint64_t call, uint64_t parent)
{
    trace->traces = grow(trace->traces, trace->trace_count, sizeof *trace->traces);
    bool earlier = parent <= trace->trace_count;
    trace->traces[trace->trace_count++] = (struct trace){call, earlier ? parent : 0};
}

static void add_info(struct heaptrack *trace, uint64_t bytes, uint64_t along)
{
    trace->infos = grow(trace->infos, trace->info_count, sizeof *trace->infos);
    int64_t fitting = bytes <= INT64_MAX ? (int64_t)bytes : INT64_MAX;
    trace->infos[trace->info_count++] = (struct info){.bytes = fitting, .trace = along};
}

static void heaptrack_line(struct heaptrack *trace, const struct line *line)
{
    if (line->length == 0)
        return;
    struct line rest = line_from(line, line->text + 1);
    struct line numbers = rest;
    uint64_t a = 0;
    uint64_t b = 0;
    bool one = line_take(&numbers, " ") && line_take_hex(&numbers, &a);
    bool two = one && line_take(&numbers, " ") && line_take_hex(&numbers, &b);
    if (*line->text == 's') {
        (void)line_take_past(&rest, " ");
        if (trace->format >= 3)
            (void)line_take_past(&rest, " ");
        add_line(&trace->strings, &trace->string_count, &rest);
    } else if (*line->text == 'v' && two) {
        trace->format = b;
    } else if (*line->text == 'i') {
        add_line(&trace->calls, &trace->call_count, &rest);
    } else if (*line->text == 't' && two) {
        add_trace(trace, a, b);
    } else if (*line->text == 'a' && two) {
        add_info(trace, a, b);
    } else if (*line->text == '+' && one && a < trace->info_count) {
        trace->infos[a].live++;
        trace->infos[a].total++;
    } else if (*line->text == '-' && one && a < trace->info_count) {
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

static bool take_number(struct line *line, uint64_t *out)
{
    return line_take(line, " ") && line_take_hex(line, out);
}

enum { DEPTH = 256 };

/* At most `room` frames; returns how many. */
static int heaptrack_call(const struct heaptrack *trace, const struct line *call, int room,
                          struct stacks *out)
{
    struct line rest = *call;
    struct frame frame = {.function = NULL};
    uint64_t module = 0;
    uint64_t function = 0;
    int count = 0;
    (void)(take_number(&rest, &frame.address) && take_number(&rest, &module));
    frame.object = heaptrack_string(trace, module, out);
    for (; count < room && take_number(&rest, &function); count++) {
        uint64_t file = 0;
        uint64_t number = 0;
        (void)(take_number(&rest, &file) && take_number(&rest, &number));
        frame.function = heaptrack_string(trace, function, out);
        frame.file = heaptrack_string(trace, file, out);
        frame.line = number <= INT32_MAX ? (int64_t)number : 0;
        stacks_frame(out, &frame);
    }
    if (count == 0)
        stacks_frame(out, &frame);
    return count > 0 ? count : 1;
}

static void heaptrack_stack(const struct heaptrack *trace, const struct info *info,
                            enum moment moment, int64_t blocks, struct stacks *out)
{
    if (blocks <= 0)
        return;
    int64_t bytes = saturate_multiply(blocks, info->bytes);
    stacks_begin(out, moment, (struct amount){.bytes = bytes, .blocks = blocks});
    uint64_t at = info->trace;
    for (int room = DEPTH; at > 0 && at <= trace->trace_count && room > 0;) {
        const struct trace *step = &trace->traces[at - 1];
        if (step->call > 0 && step->call <= trace->call_count)
            room -= heaptrack_call(trace, &trace->calls[step->call - 1], room, out);
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
