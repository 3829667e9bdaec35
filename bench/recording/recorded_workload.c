#include "recorded_workload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>

#include "clock.h"
#include "heap_pages.h"
#include "patience.h"
#include "run_course.h"
#include "scenarios.h"
#include "temporary.h"
#include "trial.h"

static const int64_t sample_period_ns = 10LL * CLOCK_NS_PER_MS;

struct watched_trial {
    struct recording *recording;
    int phase;             /* that was told last; -1: none */
    int64_t outside_bytes; /* anonymous memory of the primary role that is no heap */
    int64_t cores;         /* that it might run on */
};

static void tell_phase(void *context, const struct trial_progress *progress)
{
    struct watched_trial *watched = context;
    if (!watched->recording || (int)progress->phase == watched->phase)
        return;
    if (progress->phase > PHASE_CHURN && watched->phase <= (int)PHASE_CHURN)
        recording_end(watched->recording);
    watched->phase = (int)progress->phase;
    recording_phase(watched->recording, record_phase_names[progress->phase]);
}

static int look_at_heap(void *context, pid_t primary, struct err *err)
{
    struct watched_trial *watched = context;
    struct heap_pages pages;
    char path[64];
    cpu_set_t cores;
    if (sched_getaffinity(primary, sizeof cores, &cores) == 0)
        watched->cores = CPU_COUNT(&cores);
    (void)snprintf(path, sizeof path, "/proc/%d", (int)primary);
    AUTO_CLOSE int dir_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    (void)err;
    if (dir_fd >= 0 && heap_pages_look(dir_fd, &pages) == 0)
        watched->outside_bytes = pages.outside_bytes; /* else it stays unknown how much that is */
    return 0;
}

static void add_sample(struct run_course *course, struct trace_run *run,
                       const struct record_sample *sample, int64_t outside_bytes)
{
    int64_t anon_bytes = sample->rss_anon_bytes;
    int64_t heap_bytes = outside_bytes < 0            ? -1
                         : anon_bytes > outside_bytes ? anon_bytes - outside_bytes
                                                      : 0;
    if (run->start_heap_bytes < 0)
        run->start_heap_bytes = heap_bytes;
    run->peak_heap_bytes = heap_bytes > run->peak_heap_bytes ? heap_bytes : run->peak_heap_bytes;
    run->peak_anon_bytes = anon_bytes > run->peak_anon_bytes ? anon_bytes : run->peak_anon_bytes;
    run->end_heap_bytes = heap_bytes;
    run->end_anon_bytes = anon_bytes;
    run_course_add(course, run,
                   (struct trace_sample){.ms = sample->elapsed_ns / CLOCK_NS_PER_MS,
                                         .anon_bytes = anon_bytes,
                                         .heap_bytes = heap_bytes});
}

/* A peak between two looks, as that of a replay is told (metric_samples.h). */
static void take_peak(const struct record_snapshot *last, int64_t file_bytes, int64_t outside_bytes,
                      struct trace_run *out)
{
    int64_t anon_bytes = last->rss_peak_bytes - file_bytes;
    if (last->rss_peak_bytes < 0 || outside_bytes < 0 || anon_bytes <= out->peak_anon_bytes)
        return;
    out->peak_anon_bytes = anon_bytes;
    out->peak_heap_bytes = anon_bytes - outside_bytes;
}

/* Up to the end of the load: then it is asked to give memory back, and leaves. */
static void take_run(const struct record *record, int64_t outside_bytes, struct trace_run *out)
{
    const struct record_role *primary = record_primary(record);
    const struct record_snapshot *last = &primary->snapshot[PHASE_CHURN];
    const int64_t end_ns = record->phase_end_ns[PHASE_CHURN];
    struct run_course course = {.stride = 0};
    *out = (struct trace_run){.elapsed_ns = end_ns,
                              .cpu_ns = last->cpu_ns,
                              .start_heap_bytes = -1,
                              .peak_heap_bytes = -1,
                              .end_heap_bytes = -1,
                              .peak_anon_bytes = -1,
                              .end_anon_bytes = -1,
                              .exact = -1,
                              .processes =
                                  primary->process_count ? (int64_t)primary->process_count : 1};
    int64_t file_bytes = 0;
    for (size_t i = 0; i < record->sample_count; i++) {
        const struct record_sample *sample = &record->samples[i];
        if (sample->role != RECORD_PRIMARY || sample->rss_anon_bytes < 0 ||
            sample->elapsed_ns > end_ns)
            continue;
        add_sample(&course, out, sample, outside_bytes);
        if (sample->rss_bytes - sample->rss_anon_bytes > file_bytes)
            file_bytes = sample->rss_bytes - sample->rss_anon_bytes;
    }
    take_peak(last, file_bytes, outside_bytes, out);
}

int recorded_workload_run(const struct recorded_request *request, const char *allocator,
                          char *const *environment, struct recording *recording,
                          struct trace_run *out, int64_t *out_cycles, struct err *err)
{
    char folder[PATH_MAX];
    const struct scenario *scenario = NULL;
    AUTO(record) struct record record;
    struct watched_trial watched = {
        .recording = recording, .phase = -1, .outside_bytes = -1, .cores = -1};
    const struct trial_tool under = {.name = "record",
                                     .environment = environment,
                                     .at_quiet = look_at_heap,
                                     .context = &watched};
    struct workload workload = *request->workload; /* its lists are the request's */
    workload.quiet_ns = workload.released_ns = 0;  /* what comes after the load is not looked at */
    record_init(&record);
    int code = scenario_of(&workload, &scenario, err);
    if (code == 0)
        code = temporary_open("recorded", folder, sizeof folder, err);
    if (code < 0)
        return code;
    code = trial_run(&(struct trial_options){.workload = &workload,
                                             .scenario = scenario,
                                             .allocator = allocator,
                                             .programs = request->programs,
                                             .folder = folder,
                                             .pins = {.subject_cpu = -1, .driver_cpu = -1},
                                             .deadlines = patience_deadlines(),
                                             .sample_period_ns = sample_period_ns,
                                             .interrupt_fd = request->interrupt_fd,
                                             .tool = &under,
                                             .progress = tell_phase,
                                             .context = &watched},
                     &record, err);
    temporary_remove(folder);
    if (code < 0)
        return code;
    if (record.outcome != RECORD_VALID)
        return err_set(err, -ECANCELED, "the trial on %s came to nothing: %s", allocator,
                       record.reason);
    take_run(&record, watched.outside_bytes, out);
    out->cores = watched.cores;
    *out_cycles = record.cycles_done;
    return 0;
}
