#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "finding.h"
#include "units.h"

/* A sentence that grows; cut where it does not fit. */
struct text {
    char *out;
    size_t size, used;
    const char *axis;
};

static void say(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say_growth(struct text *text, const struct finding *finding);
static void say_level(struct text *text, const struct finding *finding);
static void say_note(struct text *text, const struct finding *finding);
static void say_live_grows(struct text *text, const struct finding *finding);
static void say_lives(struct text *text, const struct finding *finding);
static void say_share(struct text *text, const struct finding *finding);
static void say_untold(struct text *text, const struct finding *finding);
static void say_huge(struct text *text, const struct finding *finding);
static void say_undecided(struct text *text, const struct finding *finding);
static void say_slowing(struct text *text, const struct finding *finding);

/* One number as text, for one expression. */
struct number {
    char text[32];
};

static struct number bytes_of(double bytes)
{
    struct number number;
    (void)units_format_bytes(bytes, number.text, sizeof number.text);
    return number;
}

static struct number rate_of(double bytes)
{
    struct number number;
    (void)units_format_rate(bytes, number.text, sizeof number.text);
    return number;
}

const char *finding_sentence(const struct finding *finding, const char *axis, char *out,
                             size_t size)
{
    struct text text = {.out = out, .size = size, .axis = axis};
    if (size > 0)
        out[0] = '\0';
    switch (finding_rank(finding->kind)) {
    case FINDING_RANK_GROWTH:
        say_growth(&text, finding);
        break;
    case FINDING_RANK_LEVEL:
        say_level(&text, finding);
        break;
    case FINDING_RANK_NOTE:
        say_note(&text, finding);
        break;
    }
    return out;
}

const char *finding_next(const struct finding *finding)
{
    static const char *const next[FINDING_KINDS] = {
        [FINDING_LIVE_GROWS] = "'heapchurn diagnose' names the code that holds it; a cache that "
                               "fills looks the same until it is full: a longer run tells",
        [FINDING_KEPT_GROWS] = "the allocator's own knobs ('heapchurn list' names rows that set "
                               "them), or another allocator",
        [FINDING_OUTSIDE_GROWS] =
            "'heapchurn watch --smaps PID' names the mappings; look for mappings, threads and "
            "descriptors that are never closed",
        [FINDING_NOT_LIVE_GROWS] = "add the allocator's committed (heap) and resident bytes, or "
                                   "'heapchurn watch --smaps PID'",
        [FINDING_UNKNOWN_GROWS] = "log the allocator's live and heap bytes, 'heapchurn watch "
                                  "--attach PID' while it runs, "
                                  "or run it under heapchurn",
        [FINDING_LAZY_GROWS] = "judge RSS less LazyFree",
        [FINDING_RESTARTS] = "one file per process",
        [FINDING_FALLS_BACK] = "one file per process, with a live counter",
        [FINDING_KEPT_LEVEL] = "call malloc_trim (or its like) once: what comes back is a knob's, "
                               "the rest is fragmentation",
        [FINDING_OUTSIDE_LEVEL] = "'heapchurn watch --smaps PID' names the mappings",
        [FINDING_NOT_LIVE_LEVEL] = "add the allocator's committed (heap) and resident bytes, call "
                                   "malloc_trim once, or 'heapchurn watch --smaps PID'",
        [FINDING_HUGE_PAGES] = "one run with transparent huge pages off",
    };
    if (finding->kind != FINDING_UNDECIDED)
        return next[finding->kind];
    switch (finding->reason) {
    case REASON_NO_RSS:
        return "add rss_bytes";
    case REASON_NO_LIVE_SIGNAL:
        return "log the allocator's live bytes, 'heapchurn watch --attach PID' while it runs, or "
               "run it under heapchurn";
    case REASON_ROWS_OUT_OF_ORDER:
        return "sort the rows, one file per process";
    case REASON_LIVE_GROWS_BUT_SLOWS:
        return "a longer run: what fills comes to rest, a leak goes on";
    default:
        return "more of it: more cycles, or more time";
    }
}

static void say(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->out + text->used, text->size - text->used, format, arguments);
    va_end(arguments);
    size_t room = text->size - text->used;
    text->used += length < 0 ? 0 : (size_t)length < room ? (size_t)length : room ? room - 1 : 0;
}

static void say_growth(struct text *text, const struct finding *finding)
{
    struct number rate = rate_of(finding->size_bytes);
    const char *size = rate.text;
    switch (finding->kind) {
    case FINDING_LIVE_GROWS:
        say_live_grows(text, finding);
        return;
    case FINDING_KEPT_GROWS:
        say(text, "the allocator keeps %s more per %s", size, text->axis);
        say_share(text, finding);
        say(text, ": freed and not returned, or cut up too small to use again");
        say_huge(text, finding);
        return;
    case FINDING_OUTSIDE_GROWS:
        say(text, "%s per %s", size, text->axis);
        say_share(text, finding);
        say(text, " lies outside the allocator%s: no other allocator changes it",
            finding->as == MEMORY_SHMEM   ? ", as shared memory (memfd, shmem, tmpfs)"
            : finding->as == MEMORY_STACK ? ", as stacks of threads"
            : finding->as == MEMORY_FILE  ? ", as pages of files"
                                          : "");
        say_huge(text, finding);
        return;
    case FINDING_NOT_LIVE_GROWS:
        say(text, "%s per %s", rate_of(finding->slope_bytes).text, text->axis);
        say_share(text, finding);
        say(text, " is not live: the allocator keeps it or it lies outside; which cannot be told, "
                  "since ");
        say_untold(text, finding);
        say_huge(text, finding);
        return;
    case FINDING_UNKNOWN_GROWS:
        say(text,
            "RSS rises by %s per %s%s; without a live counter it may be the "
            "application's, the allocator's or neither's",
            size, text->axis, finding->inside_heap ? ", inside the heap" : "");
        say_huge(text, finding);
        return;
    case FINDING_LAZY_GROWS:
        say(text, "%s per %s", size, text->axis);
        say_share(text, finding);
        say(text, " is LazyFree: given back by MADV_FREE, the kernel's for the asking, no leak");
        return;
    default:
        say_lives(text, finding);
    }
}

static void say_live_grows(struct text *text, const struct finding *finding)
{
    say(text, "live rises by %s per %s and ", rate_of(finding->slope_bytes).text, text->axis);
    if (finding->slows_to > 0)
        say_slowing(text, finding);
    else
        say(text, "keeps its pace");
    if (!isnan(finding->resident_slope_bytes))
        say(text, " (not all of it is touched: RSS rises by %s)",
            rate_of(finding->resident_slope_bytes).text);
    say_share(text, finding);
    say(text, ": the application holds it and no allocator can return it");
}

static void say_lives(struct text *text, const struct finding *finding)
{
    say(text, "%zu lives in one curve: %s; %zu of them say %s. The numbers are of one life",
        finding->lives,
        finding->kind == FINDING_RESTARTS
            ? "the counters start again"
            : "RSS falls at once to where it began, by a restart or because all is let go, and "
              "rises again",
        finding->agreeing, verdict_names[finding->lives_verdict]);
}

static void say_level(struct text *text, const struct finding *finding)
{
    struct number size = bytes_of(finding->size_bytes);
    struct number live = bytes_of(finding->live_bytes);
    const char *settled = finding->settled ? ", and it does not rise any more" : "";
    switch (finding->kind) {
    case FINDING_KEPT_LEVEL:
        say(text, "the allocator keeps %s that nobody holds, beside %s live%s", size.text,
            live.text, settled);
        return;
    case FINDING_NOT_LIVE_LEVEL:
        say(text,
            "%s is neither live (%s) nor from the start%s: the allocator keeps it or it "
            "lies outside; which cannot be told, since ",
            size.text, live.text, settled);
        say_untold(text, finding);
        return;
    case FINDING_OUTSIDE_LEVEL:
        say(text,
            "%s more than at the start lies outside the allocator (stacks, mappings, shared "
            "memory, another allocator)%s",
            size.text, settled);
        return;
    default:
        say(text, "%s of RSS is LazyFree: free for the asking, not a leak", size.text);
    }
}

static void say_note(struct text *text, const struct finding *finding)
{
    struct number size = bytes_of(finding->size_bytes);
    struct number live = bytes_of(finding->live_bytes);
    struct number held = bytes_of(finding->held_bytes);
    switch (finding->kind) {
    case FINDING_HUGE_PAGES:
        say(text,
            finding->padding_told ? "%s lie in huge pages, at most %s of it padding: pages of "
                                    "zeros that nobody wrote to"
                                  : "%s lie in huge pages, up to %s of it padding that nobody "
                                    "touched",
            held.text, size.text);
        return;
    case FINDING_SWAPPED:
        say(text, "%s is in swap: RSS does not show it, it counts here", size.text);
        return;
    case FINDING_UNTOUCHED:
        say(text,
            "live is %s, resident %s: blocks not written to yet; a ceiling on RSS does not "
            "see them",
            live.text, held.text);
        return;
    case FINDING_BOOKS:
        say(text,
            "the heap counter says %s where %s is resident: address space, or pages "
            "returned%s; no memory in use",
            bytes_of(finding->size_bytes + finding->held_bytes).text, held.text,
            finding->without_swap ? " or swapped (there is no swap column)" : "");
        return;
    case FINDING_NONE:
        say(text,
            "no leak above %s per %s over %.*f %ss: live and RSS are flat; %s is not "
            "live, program and libraries included",
            rate_of(finding->slope_bytes).text, text->axis, finding->cycles < 10 ? 2 : 0,
            finding->cycles, text->axis, held.text);
        return;
    default:
        say_undecided(text, finding);
    }
}

/* " (98 % of the growth, 92 to 100)": where no share is told, what it could be. */
static void say_share(struct text *text, const struct finding *finding)
{
    const struct share *growth = &finding->growth;
    bool known = !isnan(growth->share);
    if (!known && growth->low <= 0 && growth->high >= 1)
        return;
    if (!known)
        say(text, " (%.3g to %.3g %% of the growth)", 100 * growth->low, 100 * growth->high);
    else if (growth->high - growth->low < 0.001)
        say(text, " (%.3g %% of the growth)", 100 * growth->share);
    else
        say(text, " (%.3g %% of the growth, %.3g to %.3g)", 100 * growth->share, 100 * growth->low,
            100 * growth->high);
}

static void say_untold(struct text *text, const struct finding *finding)
{
    static const char *const reasons[] = {
        [UNTOLD_NO_BOOKS] = "there is no count of the allocator's committed bytes",
        [UNTOLD_ON_PAPER] = "the heap counter is far above RSS, mere address space",
        [UNTOLD_RUNS_AHEAD] = "the heap counter runs ahead of RSS",
    };
    say(text, "%s", reasons[finding->untold]);
}

static void say_huge(struct text *text, const struct finding *finding)
{
    if (finding->huge_share > 0)
        say(text,
            finding->padding_told ? "; at most %.0f %% of that is padding of huge pages, zeros "
                                    "that nobody wrote to: try once with them off"
                                  : "; up to %.0f %% of that is in huge pages, perhaps padding "
                                    "nobody touched: try once with transparent huge pages off",
            100 * finding->huge_share);
}

/* Of the second half of the work against the first. */
static void say_slowing(struct text *text, const struct finding *finding)
{
    say(text, "slows down");
    if (finding->slows_to > 0)
        say(text, ", to %.0f %% of its pace", 100 * finding->slows_to);
}

static void say_undecided(struct text *text, const struct finding *finding)
{
    switch (finding->reason) {
    case REASON_TOO_FEW_SAMPLES:
        say(text, "too few samples for a trend: at least 18, better 60");
        return;
    case REASON_NO_LIVE_SIGNAL:
        say(text, "RSS does not clearly rise, but without a live counter a leak into memory "
                  "already held cannot be ruled out");
        return;
    case REASON_NO_RSS:
        say(text, "live is flat, and without RSS nothing can be said of the rest");
        return;
    case REASON_ROWS_OUT_OF_ORDER:
        say(text, "cycle or time falls again and again: the rows are not in order");
        return;
    case REASON_LIVE_GROWS_BUT_SLOWS:
        say(text, "live rises by %s per %s but ", rate_of(finding->slope_bytes).text, text->axis);
        say_slowing(text, finding);
        say(text, ": a cache that fills, or a leak behind a long warm-up");
        return;
    default:
        say(text, "neither clearly rising nor flat");
    }
}
