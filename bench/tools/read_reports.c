#include <errno.h>
#include <inttypes.h>

#include "line.h"
#include "read.h"

/* "    #1 0x5618 in on_joined /src/a.c:373", "… in zmq_bind (/lib/libzmq.so.5+0x3c659)",
 * "    #1 0x5618  (/lib/libzmq.so.5+0x3c659)". A function's parameters may hold spaces. */
static bool sanitizer_frame(const struct line *line, struct stacks *out)
{
    struct frame frame = {.function = NULL};
    struct line rest = *line;
    if (!line_take(&rest, " #") || !line_take_count(&rest, NULL) || !line_take(&rest, " ") ||
        !line_take_hex(&rest, &frame.address))
        return false;
    const char *space = memrchr(rest.text, ' ', rest.length);
    if (!space)
        return false;
    struct line place = line_from(&rest, space + 1);
    if (line_starts(&rest, " in ") && space > rest.text + 4)
        frame.function = stacks_text(out, rest.text + 4, (size_t)(space - rest.text - 4));
    if (line_take(&place, "(")) {
        const char *plus = memrchr(place.text, '+', place.length);
        struct line offset = line_from(&place, plus ? plus + 1 : place.text + place.length);
        if (line_take_hex(&offset, &frame.address)) {
            frame.object = stacks_text(out, place.text, (size_t)(plus - place.text));
            frame.in_object = true;
        }
    } else {
        struct line number = place;
        const char *end = line_find(&place, ":");
        struct line file = end ? line_until(&place, end) : place;
        frame.file = stacks_text(out, file.text, file.length);
        (void)(line_take_past(&number, ":") && line_take_count(&number, &frame.line));
    }
    stacks_frame(out, &frame);
    return true;
}

int read_lsan(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    bool active = false; /* it looked at the threads */
    bool leaks = false;
    bool in_leak = false;
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        struct amount amount;
        struct line rest = line;
        active = active || line_find(&line, "Processing thread");
        leaks = leaks || line_find(&line, "detected memory leaks");
        if (line_take_past(&rest, " leak of ") && line_take_count(&rest, &amount.bytes) &&
            line_take(&rest, " byte(s) in ") && line_take_count(&rest, &amount.blocks) &&
            line_take(&rest, " object(s)")) {
            stacks_begin(out, moment, amount);
            in_leak = true;
        } else if (in_leak) {
            in_leak = sanitizer_frame(&line, out);
        }
        if (line_find(&line, "has encountered a fatal error"))
            return err_set(err, -EPROTO,
                           "LeakSanitizer could not look at the process: it may not be traced by "
                           "anything else");
        if (leaks && line_starts(&line, "SUMMARY: "))
            return 0;
    }
    if (!active)
        return err_set(err, -EPROTO,
                       "the sanitizer did not look for leaks: it was not in the process, "
                       "or the process did not come to its end");
    return leaks ? err_set(err, -EPROTO, "the sanitizer's report is cut off: no 'SUMMARY'") : 0;
}

/* "Leak … of 32768 bytes in 512 objects": the figures after these words. */
static bool heapcheck_amount(const struct line *line, const char *words, struct amount *out)
{
    struct line rest = *line;
    return line_take(&rest, words) && line_take_count(&rest, &out->bytes) &&
           line_take(&rest, " bytes in ") && line_take_count(&rest, &out->blocks);
}

/* What the total has beyond the stacks: these may be the largest ones only. */
static int unnamed(const struct amount *all, enum moment moment, struct stacks *out,
                   struct err *err)
{
    struct amount named = stacks_sum(out, moment);
    if (named.bytes > all->bytes || named.blocks > all->blocks)
        return err_set(err, -EPROTO,
                       "its stacks hold %" PRId64 " B in %" PRId64
                       " blocks, more than its total, %" PRId64 " B in %" PRId64,
                       named.bytes, named.blocks, all->bytes, all->blocks);
    if (named.bytes != all->bytes)
        stacks_begin(out, moment,
                     (struct amount){all->bytes - named.bytes, all->blocks - named.blocks});
    return 0;
}

int read_heapcheck(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    struct amount all = {.bytes = AMOUNT_NA};
    bool in_leak = false;
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        struct amount amount;
        struct frame frame = {.function = NULL};
        struct line rest = line;
        uint64_t returns_to = 0;
        if (line_find(&line, "No leaks found for check \"_main_\""))
            return 0;
        if (heapcheck_amount(&line, "Leak check _main_ detected leaks of ", &amount)) {
            all = amount;
        } else if (heapcheck_amount(&line, "Leak of ", &amount)) {
            stacks_begin(out, moment, amount);
            in_leak = true;
        } else if (in_leak && line_take(&rest, " @ ") && line_take_hex(&rest, &returns_to)) {
            frame.address = frame_before(returns_to); /* as in all profiles of gperftools */
            stacks_frame(out, &frame);
        } else {
            in_leak = false;
        }
    }
    if (all.bytes == AMOUNT_NA)
        return err_set(err, -EPROTO,
                       "the heap checker said nothing, neither leaks nor none: it was not active "
                       "(a traced process?), or the subject did not reach its end");
    return unnamed(&all, moment, out, err);
}

/* "     4:      256 [     4:      256] @ 0x1 0x2"; jemalloc has the stack on a line before the
 * amounts, and repeats them per thread. */
static void dump_addresses(struct line rest, struct stacks *out)
{
    uint64_t returns_to = 0;
    while (line_take_past(&rest, "0x") && line_take_hex(&rest, &returns_to)) {
        struct frame frame = {.address = frame_before(returns_to)};
        stacks_frame(out, &frame);
    }
}

static void dump_stack(const struct amount *live, const struct amount *total, enum moment moment,
                       const struct line *addresses, struct stacks *out)
{
    if (live->blocks > 0) {
        stacks_begin(out, moment, *live);
        dump_addresses(*addresses, out);
    }
    if (total->blocks > 0 && moment == MOMENT_LOST) {
        stacks_begin(out, MOMENT_TOTAL, *total);
        dump_addresses(*addresses, out);
    }
}

static bool dump_amounts(struct line rest, struct amount *live, struct amount *total)
{
    return line_take(&rest, " ") && line_take_count(&rest, &live->blocks) &&
           line_take(&rest, ": ") && line_take_count(&rest, &live->bytes) &&
           line_take(&rest, " [ ") && line_take_count(&rest, &total->blocks) &&
           line_take(&rest, ": ") && line_take_count(&rest, &total->bytes) &&
           line_take(&rest, " ]");
}

/* "heap profile: 4: 256 [ 4: 256] @ heapprofile", or "heap_v2/1" and a line "  t*: 4: 256 [0: 0]".
 * `line` is the last line of it then. */
static int dump_head(struct line *line, bool *out_jemalloc, struct amount *all, struct err *err)
{
    struct line rest = *line;
    int64_t period = 0;
    *out_jemalloc = rest.text && line_take(&rest, "heap_v2/");
    if (*out_jemalloc && line_take_count(&rest, &period) && period != 1)
        return err_set(err, -EPROTO,
                       "it holds one sample per %" PRId64
                       " bytes, so its counts are estimates; it needs lg_prof_sample:0",
                       period);
    if (*out_jemalloc) {
        *line = line_next(line);
        rest = *line;
    }
    if (rest.text && line_take(&rest, *out_jemalloc ? " t*: " : "heap profile: ") &&
        line_take_count(&rest, &all->blocks) && line_take(&rest, ": ") &&
        line_take_count(&rest, &all->bytes))
        return 0;
    return *out_jemalloc ? err_set(err, -EPROTO, "the heap dump has no totals in its second line")
                         : err_set(err, -EPROTO,
                                   "no heap dump: it begins with neither 'heap_v2/' nor 'heap "
                                   "profile:'");
}

int read_heap_dump(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    bool jemalloc = false;
    struct amount all = {.blocks = 0};
    struct line stack = {.text = NULL};
    struct line line = line_first(text);
    int code = dump_head(&line, &jemalloc, &all, err);
    if (code < 0)
        return code;
    for (line = line_next(&line); line.text; line = line_next(&line)) {
        struct amount live;
        struct amount total;
        struct line rest = line;
        if (line_starts(&line, "MAPPED_LIBRARIES:"))
            return unnamed(&all, moment, out, err);
        if (jemalloc && *line.text == '@') {
            stack = line;
        } else if (jemalloc && stack.text && line_take(&rest, " t*:") &&
                   dump_amounts(rest, &live, &total)) {
            dump_stack(&live, &total, moment, &stack, out);
        } else if (!jemalloc && dump_amounts(line, &live, &total)) {
            dump_stack(&live, &total, moment, &line, out);
        }
    }
    return err_set(err, -EPROTO, "the heap dump is cut off: no 'MAPPED_LIBRARIES'");
}
