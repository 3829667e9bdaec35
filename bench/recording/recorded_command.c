#include "recorded_command.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "grow.h"
#include "last_look.h"
#include "memory_stream.h"
#include "observed_run.h"
#include "probe.h"
#include "process.h"
#include "recorded_workload.h"
#include "recording_facts.h"
#include "registry.h"
#include "temporary.h"
#include "text.h"
#include "trace_output.h"
#include "trace_pack.h"
#include "trace_raw.h"

static void say(const struct recorded_request *request, const char *what)
{
    if (request->progress)
        request->progress(what);
}

/* The user's environment, but for what preloads; that is the end of the list. */
static void add_environment(struct words *out)
{
    for (char **entry = environ; *entry; entry++)
        if (strncmp(*entry, "LD_PRELOAD=", strlen("LD_PRELOAD=")) != 0)
            words_add(out, "%s", *entry);
}

/* What must be preloaded so that this allocator serves it: glibc too, since what a script starts
 * may be linked with another one. */
static const char *library_of(const struct recorded_request *request, const char *allocator)
{
    const struct allocator_entry *entry = allocator_entry_find(allocator);
    return entry && entry->library ? entry->library : request->look->libc;
}

static void saw(void *recording, pid_t pid)
{
    recording_saw(recording, pid);
}

/* A trial, with the recorder in what the workload measures. */
static int run_recorded_trial(const struct recorded_request *request, struct recording *recording,
                              struct recorded *recorded, struct err *err)
{
    AUTO(words) struct words environment = {.count = 0};
    struct trace_run run = {.samples = NULL};
    int code = recording_environment(recording, request->recorder, NULL, &environment, err);
    if (code == 0)
        code = recorded_workload_run(request, "glibc", environment.word, recording, &run,
                                     &recorded->facts.cycles, err);
    if (code < 0)
        return code;
    recorded->facts.elapsed_ns = run.elapsed_ns;
    recorded->facts.cpu_ns = run.cpu_ns;
    recording_facts_add_run(&recorded->facts.recorded, &recorded->facts.recorded_count, &run);
    return 0;
}

/* What is preloaded into a run, but for the recorder: what the user gave, the allocator, and what
 * makes its end seen. */
static char *preloads_of(const struct recorded_request *request, const char *allocator)
{
    const char *given = getenv("LD_PRELOAD");
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    if (given && *given)
        (void)fprintf(out, "%s:", given);
    (void)fprintf(out, "%s:%.*s" LAST_LOOK_LIBRARY, library_of(request, allocator),
                  (int)(strrchr(request->recorder, '/') + 1 - request->recorder),
                  request->recorder);
    return memory_stream_close(&memory);
}

static int run_recorded_command(const struct recorded_request *request, struct recording *recording,
                                struct recorded *recorded, struct err *err)
{
    AUTO(words) struct words environment = {.count = 0};
    struct observed_end end = {.interrupted = false};
    struct trace_run run = {.samples = NULL};
    AUTO(observed_door) struct observed_door door = {.fd = -1};
    AUTO_FREE char *behind = preloads_of(request, "glibc");
    int code = observed_door_open(&door, err);
    add_environment(&environment);
    words_add(&environment, LAST_LOOK_ENV "=%s", door.name);
    if (code == 0)
        code = recording_environment(recording, request->recorder, behind, &environment, err);
    if (code < 0)
        return code;
    code = observed_run(&(struct observed_request){.path = request->look->path,
                                                   .argv = request->argv,
                                                   .environment = environment.word,
                                                   .interrupt_fd = request->interrupt_fd,
                                                   .door = &door,
                                                   .exact = true,
                                                   .saw = saw,
                                                   .context = recording,
                                                   .progress = request->progress},
                        &run, &end, err);
    if (code < 0)
        return code;
    recorded->wait_status = end.wait_status;
    recorded->interrupted = end.interrupted;
    recorded->facts.elapsed_ns = run.elapsed_ns;
    recorded->facts.cpu_ns = run.cpu_ns;
    run.exact = recording_is_apart(recording);
    recording_facts_add_run(&recorded->facts.recorded, &recorded->facts.recorded_count, &run);
    return 0;
}

/* The command once more, on this allocator, without the recorder. What it took is no original where
 * it was interrupted, or ended otherwise than when it was recorded. */
static int run_original_command(const struct recorded_request *request, const char *allocator,
                                struct recorded *recorded, struct trace_run *out, struct err *err)
{
    AUTO(words) struct words environment = {.count = 0};
    AUTO(observed_door) struct observed_door door = {.fd = -1};
    AUTO_FREE char *preloads = preloads_of(request, allocator);
    struct observed_end end = {.interrupted = false};
    char now[128], then[128];
    int code = observed_door_open(&door, err);
    if (code < 0)
        return code;
    add_environment(&environment);
    words_add(&environment, "LD_PRELOAD=%s", preloads);
    words_add(&environment, LAST_LOOK_ENV "=%s", door.name);
    code = observed_run(&(struct observed_request){.path = request->look->path,
                                                   .argv = request->argv,
                                                   .environment = environment.word,
                                                   .quiet = true,
                                                   .door = &door,
                                                   .interrupt_fd = request->interrupt_fd,
                                                   .progress = request->progress},
                        out, &end, err);
    recorded->interrupted |= end.interrupted;
    if (code == 0 && end.interrupted)
        return err_set(err, -EINTR, "it was interrupted");
    if (code < 0 || end.wait_status == recorded->wait_status)
        return code;
    return err_set(err, -ECANCELED, "%s, but when it was recorded %s",
                   process_describe_end(end.wait_status, now, sizeof now),
                   process_describe_end(recorded->wait_status, then, sizeof then));
}

static int run_original(const struct recorded_request *request, const char *allocator,
                        struct recorded *recorded, struct err *err)
{
    struct trace_run run = {.samples = NULL};
    struct probe probe = {.version = ""};
    int64_t cycles = 0;
    int code = request->workload
                   ? recorded_workload_run(request, allocator, NULL, NULL, &run, &cycles, err)
                   : run_original_command(request, allocator, recorded, &run, err);
    if (code < 0) {
        free(run.samples);
        return err_wrap(err, "on %s", allocator);
    }
    (void)probe_allocator(request->programs, allocator, &probe, NULL);
    run.allocator = text_own(allocator);
    run.version = probe.version[0] ? text_own(probe.version) : NULL;
    recording_facts_add_run(&recorded->facts.originals, &recorded->facts.original_count, &run);
    return 0;
}

/* All allocators in turns, so that what changes on the machine meanwhile is nobody's own. A judge
 * that is not here is left out; a row that was asked for has been checked. */
static int run_originals(const struct recorded_request *request, struct recorded *recorded,
                         struct err *err)
{
    static const char *const judges[] = {"glibc", "jemalloc", NULL};
    const char *const *rows = request->rows ? request->rows : judges;
    char what[128];
    int code = 0;
    for (int64_t turn = 1; turn <= request->originals; turn++) {
        for (const char *const *name = rows; code == 0 && *name; name++) {
            const struct allocator_entry *entry = allocator_entry_find(*name);
            if (!entry || entry->unavailable || recorded->interrupted)
                continue;
            (void)snprintf(what, sizeof what,
                           "once more, without the recorder, on %s (%" PRId64 " of %" PRId64
                           "); Ctrl-C leaves out what remains",
                           *name, turn, request->originals);
            say(request, what);
            code = run_original(request, *name, recorded, err);
        }
    }
    return code;
}

/* The recorder takes time, of which allocators' timers would know nothing without it. */
static int tell_time(const char *raw_path, const struct trace_facts *facts, struct err *err)
{
    uint32_t ns_per_ms = trace_facts_original_ns_per_ms(facts);
    return ns_per_ms > 0 ? trace_raw_set_time(raw_path, ns_per_ms, err) : 0;
}

static int pack(const char *raw_path, const char *out_path, int level, struct recorded *recorded,
                struct err *err)
{
    struct trace_raw raw = {.bytes = NULL};
    int code = trace_raw_open(raw_path, &raw, err);
    if (code < 0)
        return code;
    recorded->control = *raw.control;
    recorded->calls = raw.calls;
    recorded->event_bytes = raw.event_bytes;
    recorded->chunks = raw.count + raw.damaged;
    recorded->unfinished = raw.unfinished;
    recorded->damaged = raw.damaged;
    trace_raw_close(&raw);
    if (recorded->facts.elapsed_ns < 0) /* nobody lived to tell */
        recorded->facts.elapsed_ns =
            (int64_t)trace_clock_ms(recorded->control.clock) * CLOCK_NS_PER_MS;
    AUTO_FREE char *facts = trace_facts_text(&recorded->facts);
    code = trace_pack_raw(raw_path, out_path, facts, strlen(facts), level, err);
    if (code == 0)
        recorded->file_bytes = recording_facts_file_bytes(out_path);
    return code;
}

static int64_t own_cpu_ns(void)
{
    struct timespec used;
    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0
               ? used.tv_sec * (int64_t)CLOCK_NS_PER_S + used.tv_nsec
               : -1;
}

static int record_to(const struct recorded_request *request, const char *raw_path,
                     const char *folder, struct recorded *recorded, struct err *err)
{
    struct recording *recording = NULL;
    const int64_t from_ns = own_cpu_ns();
    int code = recording_open(raw_path, &request->settings, folder, &recording, err);
    if (code < 0)
        return code;
    code = request->workload ? run_recorded_trial(request, recording, recorded, err)
                             : run_recorded_command(request, recording, recorded, err);
    recording_stop(recording);
    recorded->driver_cpu_ns = own_cpu_ns() - from_ns;
    recorded->full = recording_full(recording);
    recorded->refused = recording_refused(recording);
    recording_facts(recording, &recorded->facts);
    recording_facts_find_linked(&recorded->facts);
    recording_close(recording);
    if (code < 0)
        (void)unlink(raw_path);
    return code;
}

int recorded_command(const struct recorded_request *request, struct recorded *out, struct err *err)
{
    char folder[PATH_MAX];
    struct probe probe = {.version = ""};
    AUTO(recorded) struct recorded recorded = {.calls = 0};
    AUTO_FREE char *raw_path = NULL;
    AUTO_FREE char *out_path = NULL;
    int code = trace_output_find(request->out_path, &out_path, err);
    if (code < 0)
        return code;
    recording_facts_begin(&recorded.facts, request->argv);
    if (request->workload) {
        recorded.facts.workload = text_own(request->workload->name);
        recorded.facts.cycle_unit = text_own(workload_cycle_unit(request->workload));
    }
    recorded.facts.allocator = text_own("glibc");
    if (probe_allocator(request->programs, "glibc", &probe, NULL) == 0)
        recorded.facts.version = text_own(probe.version);
    if (asprintf(&raw_path, "%s.raw", out_path) < 0)
        abort();
    code = temporary_open("record", folder, sizeof folder, err);
    if (code < 0)
        return code;
    code = record_to(request, raw_path, folder, &recorded, err);
    temporary_remove(folder);
    if (code < 0)
        return code;
    /* What was recorded cannot be had again: it is packed whatever becomes of them. */
    if (!recorded.interrupted && run_originals(request, &recorded, &recorded.no_original) < 0 &&
        recorded.interrupted)
        recorded.no_original = ERR_INIT; /* who leaves them out knows why */
    code = tell_time(raw_path, &recorded.facts, err);
    if (code == 0)
        code = pack(raw_path, out_path, request->level, &recorded, err);
    if (code < 0)
        return err_wrap(err, "%s is kept; --recover makes a trace of it", raw_path);
    (void)unlink(raw_path);
    *out = recorded;
    trace_facts_init(&recorded.facts);
    return 0;
}

int recorded_recover(const char *raw_path, const char *out_path, struct recorded *out,
                     struct err *err)
{
    AUTO(recorded) struct recorded recorded = {.recovered = true, .driver_cpu_ns = -1};
    recording_facts_begin(&recorded.facts, NULL);
    int code = pack(raw_path, out_path, TRACE_PACK_LEVEL, &recorded, err);
    if (code == 0) {
        *out = recorded;
        trace_facts_init(&recorded.facts);
    }
    return code;
}

bool recorded_is_whole(const struct recorded *recorded)
{
    return recorded->damaged == 0 && recorded->control.lost_events == 0 &&
           recorded->control.unknown_frees == 0 && recorded->control.images_unrecorded == 0 &&
           recorded->control.images > 0 && recorded->no_original.code == 0;
}

void recorded_release(struct recorded *recorded)
{
    trace_facts_release(&recorded->facts);
}
