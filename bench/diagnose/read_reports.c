#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "line.h"
#include "read.h"

/* "    #1 0x5618 in on_joined /src/peer.c:373", "… in zmq_bind (/lib/libzmq.so.5+0x3c659)",
 * "    #1 0x5618  (/lib/libzmq.so.5+0x3c659)". A function's parameters may hold spaces. */
static bool sanitizer_frame(const struct line *line, struct stacks *out)
{
    struct frame frame = {.function = NULL};
    int used = 0;
    if (sscanf(line->text, " #%*u 0x%" SCNx64 "%n", &frame.address, &used) != 1 ||
        (size_t)used > line->length)
        return false;
    const char *rest = line->text + used;
    const char *end = line->text + line->length;
    const char *space = memrchr(rest, ' ', (size_t)(end - rest));
    if (!space)
        return false;
    const char *place = space + 1;
    if (strncmp(rest, " in ", 4) == 0 && space > rest + 4)
        frame.function = stacks_text(out, rest + 4, (size_t)(space - rest - 4));
    if (*place == '(') {
        const char *plus = memrchr(place, '+', (size_t)(end - place));
        if (plus) {
            frame.object = stacks_text(out, place + 1, (size_t)(plus - place - 1));
            frame.address = strtoull(plus + 1, NULL, 16);
            frame.in_object = true;
        }
    } else {
        const char *colon = memchr(place, ':', (size_t)(end - place));
        frame.file = stacks_text(out, place, (size_t)((colon ? colon : end) - place));
        frame.line = colon ? strtoll(colon + 1, NULL, 10) : 0;
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
        const char *leak = line_find(&line, " leak of ");
        active = active || line_find(&line, "Processing thread");
        leaks = leaks || line_find(&line, "detected memory leaks");
        if (leak && sscanf(leak, " leak of %" SCNd64 " byte(s) in %" SCNd64 " object(s)",
                           &amount.bytes, &amount.blocks) == 2) {
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

int read_heapcheck(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    struct amount all = {.bytes = AMOUNT_NA};
    bool in_leak = false;
    for (struct line line = line_first(text); line.text; line = line_next(&line)) {
        struct amount amount;
        struct frame frame = {.function = NULL};
        if (line_find(&line, "No leaks found for check \"_main_\""))
            return 0;
        if (sscanf(line.text, "Leak check _main_ detected leaks of %" SCNd64 " bytes in %" SCNd64,
                   &all.bytes, &all.blocks) == 2)
            continue;
        if (sscanf(line.text, "Leak of %" SCNd64 " bytes in %" SCNd64 " objects", &amount.bytes,
                   &amount.blocks) == 2) {
            stacks_begin(out, moment, amount);
            in_leak = true;
        } else if (in_leak && sscanf(line.text, "\t@ %" SCNx64, &frame.address) == 1) {
            frame.address--; /* where the call returns to, as in all profiles of gperftools */
            stacks_frame(out, &frame);
        } else {
            in_leak = false;
        }
    }
    if (all.bytes == AMOUNT_NA)
        return err_set(err, -EPROTO,
                       "the heap checker said nothing, neither leaks nor none: it was not active");
    struct amount named = stacks_sum(out, moment);
    if (named.bytes != all.bytes) /* it names the largest ones only */
        stacks_begin(out, moment,
                     (struct amount){all.bytes - named.bytes, all.blocks - named.blocks});
    return 0;
}

/* "     4:      256 [     4:      256] @ 0x1 0x2"; jemalloc has the stack on a line before the
 * amounts, and repeats them per thread. */
static void dump_addresses(const char *at, const char *end, struct stacks *out)
{
    while (at < end && (at = memmem(at, (size_t)(end - at), "0x", 2)) != NULL) {
        struct frame frame = {.address = strtoull(at, NULL, 16) - 1}; /* it returns to there */
        stacks_frame(out, &frame);
        at += 2;
    }
}

static void dump_stack(const struct amount *live, const struct amount *total, enum moment moment,
                       const struct line *addresses, struct stacks *out)
{
    const char *end = addresses->text + addresses->length;
    if (live->blocks > 0) {
        stacks_begin(out, moment, *live);
        dump_addresses(addresses->text, end, out);
    }
    if (total->blocks > 0 && moment == MOMENT_LOST) {
        stacks_begin(out, MOMENT_TOTAL, *total);
        dump_addresses(addresses->text, end, out);
    }
}

static bool dump_amounts(const char *text, struct amount *live, struct amount *total)
{
    return sscanf(text, " %" SCNd64 ": %" SCNd64 " [%" SCNd64 ": %" SCNd64 "]", &live->blocks,
                  &live->bytes, &total->blocks, &total->bytes) == 4;
}

int read_heap_dump(const char *text, enum moment moment, struct stacks *out, struct err *err)
{
    bool jemalloc = strncmp(text, "heap_v2/", 8) == 0;
    struct line stack = {.text = NULL};
    if (!jemalloc && strncmp(text, "heap profile:", 13) != 0)
        return err_set(err, -EPROTO,
                       "no heap dump: it begins with neither 'heap_v2/' nor 'heap "
                       "profile:'");
    struct line line = line_first(text);
    for (line = line_next(&line); line.text; line = line_next(&line)) {
        struct amount live;
        struct amount total;
        if (line_starts(&line, "MAPPED_LIBRARIES:"))
            return 0;
        if (jemalloc && *line.text == '@') {
            stack = line;
        } else if (jemalloc && stack.text && line_starts(&line, "  t*:") &&
                   dump_amounts(line.text + 5, &live, &total)) {
            dump_stack(&live, &total, moment, &stack, out);
        } else if (!jemalloc && dump_amounts(line.text, &live, &total)) {
            dump_stack(&live, &total, moment, &line, out);
        }
    }
    return err_set(err, -EPROTO, "the heap dump is cut off: no 'MAPPED_LIBRARIES'");
}
