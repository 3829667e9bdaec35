/*
 * trace: what a program allocated when it was recorded, played on each allocator by a program that
 * is linked with it (replayer/). A round is a slice of the trace; all have equally many events. At
 * its end every thread of the trace stands still, and what it counts has been held against the
 * trace to the byte.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cleanup.h"
#include "clock.h"
#include "compiled_once.h"
#include "heap_pages.h"
#include "play.h"
#include "spare_memory.h"
#include "text.h"
#include "trace_facts.h"

enum { REPLAYER };

/* What a slice may take beside its share of recorded time: far more than any allocator needs. Pages
 * that are written are cleared by the kernel, a GiB in some 0.3 s. */
enum { SLOWEST_EVENT_NS = 20000, SLOWEST_BYTE_NS = 3 };

static const struct scenario_role roles[] = {
    [REPLAYER] = {.name = "replayer", .measured = true, .program = "replayer"},
    {.name = NULL},
};

static int64_t most_heap_of(const struct trace_run *runs, size_t count, int64_t most)
{
    for (size_t i = 0; i < count; i++)
        most = runs[i].peak_heap_bytes > most ? runs[i].peak_heap_bytes : most;
    return most;
}

/* What of its blocks is written to at the peak: no more than they are large, and than its program
 * had in memory, as far as the trace knows how far they were written. */
static uint64_t written_at_peak(const struct compiled_once *compiled)
{
    const struct trace_facts *told = compiled->told;
    const uint64_t asked = compiled->facts.peak_live_bytes;
    if (!told)
        return asked;
    int64_t heap = most_heap_of(told->originals, told->original_count, -1);
    heap = most_heap_of(told->recorded, told->recorded_count, heap);
    const uint64_t unknown = compiled->facts.unknown_touch_bytes;
    return heap < 0 || unknown > asked || (uint64_t)heap > asked - unknown
               ? asked
               : (uint64_t)heap + unknown;
}

static int check(const struct workload *workload, struct err *err)
{
    const struct compiled_once *compiled;
    int code = compiled_once(workload, &compiled, err);
    if (code < 0)
        return code;
    uint64_t spare = spare_address_bytes(), needed = compiled->facts.peak_live_bytes;
    if (needed <= spare) {
        spare = spare_memory_bytes();
        needed = written_at_peak(compiled);
    }
    if (needed > spare)
        return err_set(err, -EINVAL,
                       "%s needs %" PRIu64 " MiB at its peak, and %" PRIu64 " MiB can be had here "
                       "(of the machine, of this cgroup, below ulimit -v); cut a stretch of it "
                       "with 'heapchurn trace --cut'",
                       workload->trace.file, needed >> 20, spare >> 20);
    return 0;
}

static char *keep(const struct workload *workload, struct err *err)
{
    const struct compiled_once *compiled;
    return compiled_once(workload, &compiled, err) < 0 || !compiled->told
               ? NULL
               : trace_facts_text(compiled->told);
}

/* Threads have arenas by cores: as many as the program had. One thread alone has its own core. */
static int cores_of(const struct compiled_once *compiled)
{
    return compiled->facts.streams > 1 ? compiled->cores : 0;
}

static int start(struct trial *trial, struct err *err)
{
    const struct workload *workload = play_workload(trial);
    const struct compiled_once *compiled;
    int code = compiled_once(workload, &compiled, err);
    if (code < 0)
        return code;
    AUTO(words) struct words arguments = {.count = 0};
    words_add(&arguments, "--trace");
    words_add(&arguments, "%s", compiled->path);
    if (workload->trace.mode == SPEC_TRACE_PACED) {
        words_add(&arguments, "--time");
        words_add(&arguments, "paced");
    }
    if (workload->trace.mode == SPEC_TRACE_ONE_THREAD)
        words_add(&arguments, "--one-thread");
    const struct trace_image *image =
        compiled->told ? trace_facts_image(compiled->told, compiled->image) : NULL;
    code = play_start(trial, REPLAYER,
                      &(struct play_start){.arguments = &arguments,
                                           .cores = cores_of(compiled),
                                           .linked = image ? image->linked : NULL,
                                           .libc = image ? image->libc : NULL},
                      err);
    return code < 0 ? code : play_await_ready(trial, REPLAYER);
}

/* Anonymous pages of the replayer that are nobody's heap. They are there before the first slice,
 * and stay. */
static int64_t outside_heap_bytes(pid_t pid)
{
    char path[64];
    struct heap_pages pages;
    (void)snprintf(path, sizeof path, "/proc/%d", (int)pid);
    AUTO_CLOSE int dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return dir_fd >= 0 && heap_pages_look(dir_fd, &pages) == 0 ? pages.outside_bytes : -1;
}

/* What a reader of the record must know to hold the replay against its original. */
static int tell_counters(struct trial *trial, const struct compiled_once *compiled)
{
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"trace_events", compiled->facts.events},
        {"trace_calls", compiled->facts.calls},
        {"trace_peak_live_bytes", compiled->facts.peak_live_bytes},
        {"trace_unknown_touch_bytes", compiled->facts.unknown_touch_bytes},
        {"trace_inherited_frees", compiled->facts.inherited_frees},
        {"trace_miscounted_threads", compiled->facts.miscounted_streams},
        {"trace_lost_events", compiled->lost_events},
        {"trace_unknown_frees", compiled->unknown_frees},
        {"trace_programs", compiled->images},
        {"trace_other_events", compiled->other_events},
        {"trace_programs_unrecorded", compiled->images_unrecorded},
        {"trace_damaged", compiled->damage != NULL},
        {"trace_cores", (uint64_t)cores_of(compiled)},
        {"played_cores", (uint64_t)play_cores(trial, cores_of(compiled))},
    };
    int code = 0;
    for (size_t i = 0; code == 0 && i < ARRAY_LENGTH(numbers); i++)
        code = play_set_counter(trial, REPLAYER, numbers[i].name, (int64_t)numbers[i].value);
    int64_t outside = outside_heap_bytes(play_pid(trial, REPLAYER));
    if (code == 0 && outside >= 0)
        code = play_set_counter(trial, REPLAYER, "outside_heap_bytes", outside);
    return code;
}

/* Recorded gaps may be anywhere, so each slice of a paced replay may take all of them. */
static int64_t longest_slice_ns(const struct workload *workload,
                                const struct compiled_once *compiled, int64_t number)
{
    static const struct compiled_slice none = {.events = 0};
    const struct compiled_slice *slice = &compiled->slices[number - 1];
    const struct compiled_slice *before = number > 1 ? slice - 1 : &none;
    double ns = (double)(slice->events - before->events + 1) * SLOWEST_EVENT_NS +
                (double)(slice->bytes - before->bytes) * SLOWEST_BYTE_NS;
    if (workload->trace.mode == SPEC_TRACE_PACED)
        ns += (double)compiled->facts.duration_ns;
    return (int64_t)fmin(ns, (double)CLOCK_NS_PER_S * 1e9);
}

static int load(struct trial *trial)
{
    const struct workload *workload = play_workload(trial);
    const struct compiled_once *compiled;
    struct err err = ERR_INIT;
    int code = compiled_once(workload, &compiled, &err);
    if (code < 0)
        return play_fail(trial, "%s", err.text);
    code = tell_counters(trial, compiled);
    for (int64_t slice = 1; code == 0 && slice <= workload->rounds; slice++) {
        struct control_line request;
        control_begin(&request, "step");
        control_add(&request, "name", "slice");
        control_add_i64(&request, "count", 1);
        code = play_send(trial, REPLAYER, &request);
        if (code == 0)
            code =
                play_await(trial, REPLAYER, "stepped", longest_slice_ns(workload, compiled, slice));
        if (code < 0)
            return code;
        play_set_cycles(trial, slice);
        code = play_end_round(trial, "slices", slice);
    }
    return code;
}

static int leave(struct trial *trial)
{
    return play_leave(trial, REPLAYER);
}

static int64_t slices(const struct workload *workload)
{
    return workload->rounds;
}

/* What is not in the workload was checked by the replayer, after each slice. */
static int64_t told(const struct workload *workload)
{
    (void)workload;
    return -1;
}

static const struct scenario_work work[] = {
    {"replayer", "slices", slices},
    {"replayer", "events", told},
    {"replayer", "calls", told},
    {"replayer", "requested_bytes", told},
    {.role = NULL},
};

static bool no_trace(const struct workload *workload)
{
    return !spec_trace_given(&workload->trace);
}

static const struct spec_rule rules[] = {
    {"load", no_trace, "with 'trace' needs 'trace: FILE'; 'heapchurn record' makes one"},
    {.key = NULL},
};

static const struct spec_load loads[] = {
    {.word = "trace", .cycle_unit = "slice of the trace", .round = "slice", .rules = rules},
    {.word = NULL},
};

const struct scenario scenario_trace = {
    .name = "trace",
    .loads = loads,
    .roles = roles,
    .work = work,
    .check = check,
    .keep = keep,
    .start = start,
    .load = load,
    .leave = leave,
    .foreign = true,
};
