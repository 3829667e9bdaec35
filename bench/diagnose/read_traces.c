/* Readers of traces of every single call: what is left is found by following them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <uthash.h>

#include "grow.h"
#include "line.h"
#include "read.h"

/* mtrace: a live block, by address; and the sum per calling place. */
struct caller {
    struct line text; /* "/lib/libc.so.6:(getdelim+6f)[0x76c9f]": the key */
    struct amount live, total;
    UT_hash_handle hh;
};

struct block {
    uint64_t address;
    int64_t bytes;
    struct caller *caller;
    UT_hash_handle hh;
};

struct mtrace {
    struct caller *callers;
    struct block *blocks;
};

static void mtrace_release(struct mtrace *trace)
{
    struct block *block;
    struct block *next_block;
    struct caller *caller;
    struct caller *next_caller;
    HASH_ITER(hh, trace->blocks, block, next_block)
    {
        HASH_DEL(trace->blocks, block);
        free(block);
    }
    HASH_ITER(hh, trace->callers, caller, next_caller)
    {
        HASH_DEL(trace->callers, caller);
        free(caller);
    }
}
DEFINE_AUTO(mtrace, mtrace_release)

static struct caller *mtrace_caller(struct mtrace *trace, const char *text, size_t length)
{
    struct caller *caller = NULL;
    HASH_FIND(hh, trace->callers, text, (unsigned)length, caller);
    if (caller)
        return caller;
    caller = calloc(1, sizeof *caller);
    if (!caller)
        abort();
    caller->text = (struct line){text, length};
    HASH_ADD_KEYPTR(hh, trace->callers, caller->text.text, (unsigned)length, caller);
    return caller;
}

static void mtrace_gone(struct mtrace *trace, uint64_t address)
{
    struct block *block = NULL;
    HASH_FIND(hh, trace->blocks, &address, sizeof address, block);
    if (!block)
        return; /* older than the trace */
    block->caller->live.bytes -= block->bytes;
    block->caller->live.blocks--;
    HASH_DEL(trace->blocks, block);
    free(block);
}

static void mtrace_come(struct mtrace *trace, struct caller *caller, uint64_t address,
                        int64_t bytes)
{
    mtrace_gone(trace, address);
    struct block *block = calloc(1, sizeof *block);
    if (!block)
        abort();
    *block = (struct block){.address = address, .bytes = bytes, .caller = caller};
    HASH_ADD(hh, trace->blocks, address, sizeof block->address, block);
    caller->live.bytes += bytes;
    caller->live.blocks++;
    caller->total.bytes += bytes;
    caller->total.blocks++;
}

/* "@ CALLER + 0xADDRESS 0xBYTES"; a caller may hold spaces, what follows it does not. */
static bool mtrace_line(struct mtrace *trace, const struct line *line)
{
    const char *end = memrchr(line->text, ']', line->length);
    char operation = '\0';
    uint64_t address = 0;
    uint64_t bytes = 0;
    if (!line_starts(line, "@ ") || !end)
        return false;
    const char *from = line->text + 2;
    int read = sscanf(end + 1, " %c %" SCNx64 " %" SCNx64, &operation, &address, &bytes);
    if ((operation == '-' || operation == '<') && read >= 2)
        mtrace_gone(trace, address);
    else if ((operation == '+' || operation == '>') && read == 3)
        mtrace_come(trace, mtrace_caller(trace, from, (size_t)(end + 1 - from)), address,
                    (int64_t)bytes);
    else
        return operation == '!';
    return true;
}

static void mtrace_stack(const struct caller *caller, enum moment moment, struct amount amount,
                         struct stacks *out)
{
    const char *text = caller->text.text;
    const char *colon = memchr(text, ':', caller->text.length);
    const char *bracket = memrchr(text, '[', caller->text.length);
    struct frame frame = {.function = NULL};
    if (amount.blocks == 0)
        return;
    if (bracket)
        frame.address = strtoull(bracket + 1, NULL, 16) - 1; /* where the call returns to */
    if (colon && bracket) {
        frame.object = stacks_text(out, text, (size_t)(colon - text));
        frame.in_object = true;
    }
    stacks_begin(out, moment, amount);
    stacks_frame(out, &frame);
}

int read_mtrace(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    AUTO(mtrace) struct mtrace trace = {.blocks = NULL};
    bool ended = false;
    size_t number = 0;
    if (!line_starts(&(struct line){.text = text}, "= Start"))
        return err_set(err, -EPROTO, "no trace of mtrace: it does not begin with '= Start'");
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        number++;
        ended = line_starts(&line, "= End");
        bool last = line.text[line.length] == '\0'; /* not whole: the next one is being written */
        if (*line.text != '=' && !(last && moment == MOMENT_LIVE) && !mtrace_line(&trace, &line))
            return err_set(err, -EPROTO, "line %zu of the trace is no line of mtrace", number);
    }
    if (!ended && moment != MOMENT_LIVE)
        return err_set(err, -EPROTO, "the trace of mtrace is cut off after %zu lines", number);
    struct caller *caller;
    struct caller *next;
    HASH_ITER(hh, trace.callers, caller, next)
    {
        mtrace_stack(caller, moment, caller->live, out);
        mtrace_stack(caller, MOMENT_TOTAL, caller->total, out);
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
    for (struct line line = line_first(text); line.text; line = line_next(&line))
        heaptrack_line(&trace, &line);
    if (trace.info_count == 0)
        return err_set(err, -EPROTO, "the trace of heaptrack holds no allocation");
    for (size_t i = 0; i < trace.info_count; i++) {
        heaptrack_stack(&trace, &trace.infos[i], moment, trace.infos[i].live, out);
        if (moment == MOMENT_LOST)
            heaptrack_stack(&trace, &trace.infos[i], MOMENT_TOTAL, trace.infos[i].total, out);
    }
    return 0;
}
