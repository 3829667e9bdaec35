/*
 * replayer: plays a compiled trace (replay/compiled_trace.h) on the allocator it is linked with.
 *
 *     replayer-jemalloc --trace FILE [--time virtual|paced] [--one-thread]
 *
 * A measured process like peer and proxy: identity is proved first, then it waits on the control
 * channel. "step name=slice count=N" plays the next N slices and is answered when every thread
 * stands still; after each slice the counts of calls and bytes must be exactly the trace's. By hand
 * it plays all of it and prints the counts.
 *
 * A thread that is not the trace's is the allocator's own. It sleeps by the real clock, so under
 * virtual time it would do in a second what it did in an hour: that is refused with a sentence, and
 * --time paced is the way.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "allocator.h"
#include "cleanup.h"
#include "clock.h"
#include "ensemble.h"
#include "subject.h"
#include "virtual_time.h"

enum { EXIT_USAGE = 2, EXIT_FAILED = 3, COUNTERS = 8 };

struct replayer {
    struct subject subject;
    struct compiled_map map;
    struct ensemble ensemble;
    struct ensemble_how how;
    const char *path;
    uint32_t slices;
    int64_t load_wall_ns;
    int64_t load_cpu_ns; /* of the slices alone: reading statistics costs some allocators more */
};

__attribute__((noreturn)) static void failed(void *context, const char *reason)
{
    struct replayer *replayer = context;
    static atomic_flag told = ATOMIC_FLAG_INIT;
    while (atomic_flag_test_and_set(&told))
        (void)pause(); /* somebody else says it, and ends us */
    subject_failed(&replayer->subject, "%s", reason);
    _exit(EXIT_FAILED);
}

/* Threads of the process; 0: it cannot be told. Nothing here is taken from malloc. */
static unsigned threads_now(void)
{
    char text[4096];
    AUTO_CLOSE int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (size <= 0)
        return 0;
    text[size] = '\0';
    const char *line = strstr(text, "\nThreads:");
    return line ? (unsigned)strtoul(line + strlen("\nThreads:"), NULL, 10) : 0;
}

/* A thread that was joined is counted by the kernel for a moment more. */
static unsigned threads_but_leaving(unsigned known)
{
    enum { PATIENCE_MS = 1000 };
    const struct timespec pause = {.tv_nsec = CLOCK_NS_PER_MS};
    unsigned found = threads_now();
    for (int i = 0; i < PATIENCE_MS && found > known; i++) {
        (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
        found = threads_now();
    }
    return found;
}

/* Only virtual time is not for the threads of others. */
static void check_threads(struct replayer *replayer)
{
    char reason[320];
    unsigned known = ensemble_threads(&replayer->ensemble);
    if (replayer->how.time != ENSEMBLE_VIRTUAL)
        return;
    unsigned found = threads_but_leaving(known);
    if (found <= known)
        return;
    (void)snprintf(
        reason, sizeof reason,
        "%s runs %u thread%s of its own, which sleep%s by the real clock while the trace's "
        "time is virtual; play it paced (--mode paced, or trace_mode in the workload)",
        allocator_linked.name, found - known, found - known == 1 ? "" : "s",
        found - known == 1 ? "s" : "");
    failed(replayer, reason);
}

/* What was done must be what the trace says, to the byte. */
static void check_counts(struct replayer *replayer)
{
    const struct compiled_slice *slice = &replayer->map.slices[replayer->slices - 1];
    const struct lane_counts counts = ensemble_counts(&replayer->ensemble);
    char reason[256];
    if (counts.calls == slice->calls && counts.bytes == slice->bytes &&
        counts.calls - counts.freed_blocks == slice->live_blocks &&
        counts.bytes - counts.freed_bytes == slice->live_bytes)
        return;
    (void)snprintf(reason, sizeof reason,
                   "after slice %" PRIu32 " %" PRIu64 " calls and %" PRIu64
                   " live bytes were counted, and the trace has %" PRIu64 " and %" PRIu64,
                   replayer->slices, counts.calls, counts.bytes - counts.freed_bytes, slice->calls,
                   slice->live_bytes);
    failed(replayer, reason);
}

/* By a clock that virtual time leaves alone. */
static int64_t real_ns(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (int64_t)now.tv_sec * CLOCK_NS_PER_S + now.tv_nsec;
}

static bool play_next(struct replayer *replayer)
{
    if (replayer->slices == replayer->map.header->slice_count)
        return false;
    ensemble_fetch(&replayer->ensemble);
    int64_t began_cpu_ns = clock_process_cpu_ns(), began_ns = real_ns();
    ensemble_play(&replayer->ensemble, replayer->slices++);
    replayer->load_wall_ns += real_ns() - began_ns;
    replayer->load_cpu_ns += clock_process_cpu_ns() - began_cpu_ns;
    if (replayer->slices == replayer->map.header->slice_count)
        virtual_time_run();
    check_counts(replayer);
    check_threads(replayer);
    ensemble_forget(&replayer->ensemble);
    return true;
}

static int counters(const struct replayer *replayer, struct subject_counter *out)
{
    const struct lane_counts counts = ensemble_counts(&replayer->ensemble);
    const uint32_t done = replayer->slices;
    int count = 0;
    out[count++] = (struct subject_counter){"slices", done};
    out[count++] = (struct subject_counter){
        "events", done > 0 ? (int64_t)replayer->map.slices[done - 1].events : 0};
    out[count++] = (struct subject_counter){"calls", (int64_t)counts.calls};
    out[count++] = (struct subject_counter){"requested_bytes", (int64_t)counts.bytes};
    out[count++] = (struct subject_counter){"trace_live_blocks",
                                            (int64_t)(counts.calls - counts.freed_blocks)};
    out[count++] =
        (struct subject_counter){"trace_live_bytes", (int64_t)(counts.bytes - counts.freed_bytes)};
    out[count++] = (struct subject_counter){"load_cpu_ns", replayer->load_cpu_ns};
    out[count++] = (struct subject_counter){"load_wall_ns", replayer->load_wall_ns};
    return count;
}

static void do_step(struct replayer *replayer)
{
    int64_t count = 0;
    if (control_get_i64(&replayer->subject.line, "count", &count) < 0)
        count = 0;
    for (int64_t i = 0; i < count; i++)
        if (!play_next(replayer))
            failed(replayer, "more slices were asked for than the trace was compiled to");
    control_begin(&replayer->subject.line, "stepped");
    (void)control_send(replayer->subject.fd, &replayer->subject.line);
}

static void serve(struct replayer *replayer)
{
    struct subject_counter told[COUNTERS];
    struct pollfd request = {.fd = replayer->subject.fd, .events = POLLIN};
    for (;;) {
        if (poll(&request, 1, -1) < 0 && errno != EINTR)
            return;
        enum subject_request what = subject_next(&replayer->subject);
        if (what == SUBJECT_LEAVE)
            return;
        if (what == SUBJECT_STEP)
            do_step(replayer);
        subject_stats_due(&replayer->subject, told, counters(replayer, told));
    }
}

static void play_by_hand(struct replayer *replayer)
{
    struct subject_counter told[COUNTERS];
    while (play_next(replayer))
        ;
    int count = counters(replayer, told);
    for (int i = 0; i < count; i++)
        (void)printf("%s %" PRId64 "\n", told[i].name, told[i].value);
}

enum { KEY_TIME = 't', KEY_ONE_THREAD = 'o', KEY_TRACE = 'f' };

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct replayer *replayer = state->input;
    switch (key) {
    case KEY_TRACE:
        replayer->path = text;
        return 0;
    case KEY_ONE_THREAD:
        replayer->how.one_thread = true;
        return 0;
    case KEY_TIME:
        if (strcmp(text, "virtual") != 0 && strcmp(text, "paced") != 0)
            argp_error(state, "--time is virtual or paced");
        replayer->how.time = text[0] == 'v' ? ENSEMBLE_VIRTUAL : ENSEMBLE_PACED;
        return 0;
    case ARGP_KEY_END:
        if (!replayer->path)
            argp_error(state, "which compiled trace? --trace names it");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"trace", KEY_TRACE, "FILE", 0, "Compiled trace; 'heapchurn replay' makes one", 0},
    {"time", KEY_TIME, "virtual|paced", 0,
     "What clocks tell: recorded time (default), or real time while the trace takes its own", 0},
    {"one-thread", KEY_ONE_THREAD, NULL, 0, "All threads of the trace by the main one", 0},
    {0},
};

int main(int argc, char **argv)
{
    const struct argp argp = {
        .options = options, .parser = parse, .doc = "Play a compiled trace on this allocator."};
    struct replayer replayer = {.how = {.failed = failed, .context = &replayer}};
    struct err err = ERR_INIT;
    argp_err_exit_status = EXIT_USAGE;
    (void)argp_parse(&argp, argc, argv, 0, NULL, &replayer);
    if (subject_open(&replayer.subject, "replayer") < 0)
        return SUBJECT_EXIT_REFUSED;
    if (compiled_map_open(replayer.path, &replayer.map, &err) < 0 ||
        ensemble_open(&replayer.ensemble, &replayer.map, &replayer.how, &err) < 0) {
        subject_failed(&replayer.subject, "%s", err.text);
        return EXIT_FAILED;
    }
    if (replayer.how.time == ENSEMBLE_VIRTUAL)
        virtual_time_begin();
    check_threads(&replayer);
    subject_ready(&replayer.subject, replayer.path);
    if (replayer.subject.fd < 0)
        play_by_hand(&replayer);
    else
        serve(&replayer);
    struct subject_counter told[COUNTERS];
    subject_finish(&replayer.subject, told, counters(&replayer, told));
    return 0;
}
