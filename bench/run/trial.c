#include "trial.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "launch.h"
#include "load.h"
#include "noise.h"
#include "work.h"

const struct trial_deadlines trial_deadlines_default = {
    .ready_ns = 20LL * CLOCK_NS_PER_S,
    .answer_ns = 10LL * CLOCK_NS_PER_S,
    .leave_ns = 30LL * CLOCK_NS_PER_S,
};

static void on_tick(void *context)
{
    struct trial *trial = context;
    sampler_tick(&trial->sampler);
    if (!trial->options->progress)
        return;
    struct trial_progress progress = {
        .cycles_done = trial->record->cycles_done,
        .cycles_planned = trial->record->cycles_planned,
        .rss_bytes = trial->sampler.last_rss_bytes,
        .rss_anon_bytes = trial->sampler.last_rss_anon_bytes,
        .elapsed_ns = sampler_elapsed_ns(&trial->sampler),
        .phase = trial->sampler.phase,
    };
    trial->options->progress(trial->options->context, &progress);
}

static bool on_line(void *context, enum supervisor_role role, const struct control_line *line)
{
    struct trial *trial = context;
    if (control_is(line, "option") && role != SUPERVISOR_CHURNER)
        return work_add_option(
                   &trial->record->roles[role == SUPERVISOR_PEER ? RECORD_PEER : RECORD_PROXY],
                   line) == 0;
    if (role != SUPERVISOR_CHURNER)
        return false;
    if (control_is(line, "processes")) /* the last words of a load of processes */
        return control_get_i64(line, "failed", &trial->processes_failed) == 0;
    return control_is(line, "progress") &&
           control_get_i64(line, "cycles", &trial->record->cycles_done) == 0;
}

/* The subject says who it is; believe it only where it matches what was started. */
static int check_ready(struct trial *trial, size_t role)
{
    struct supervisor *supervisor = &trial->supervisor;
    struct record_role *subject = &trial->record->roles[role];
    const struct process *process = &supervisor->process[steps_subject(role)];
    int64_t pid = 0;
    if (work_read_ready(subject, &supervisor->line) < 0 ||
        control_get_i64(&supervisor->line, "pid", &pid) < 0)
        return supervisor_fail(supervisor, "%s sent a 'ready' that lacks what it must say",
                               subject->name);
    if (pid != process->pid)
        return supervisor_fail(supervisor, "%s says it is process %" PRId64 " but is %d",
                               subject->name, pid, (int)process->pid);
    if (strcmp(subject->allocator, trial->options->allocator) != 0) {
        supervisor->refused = true;
        return supervisor_fail(supervisor, "%s runs on %s, not on %s", subject->name,
                               subject->allocator, trial->options->allocator);
    }
    return 0;
}

static int start_all(struct trial *trial, struct err *err)
{
    struct supervisor *supervisor = &trial->supervisor;
    struct record_role *peer = &trial->record->roles[RECORD_PEER];
    struct record_role *proxy = &trial->record->roles[RECORD_PROXY];
    int code = launch_proxy(supervisor, trial->options, proxy, err);
    if (code == 0)
        code = supervisor_await(supervisor, SUPERVISOR_PROXY, "ready",
                                clock_now_ns() + trial->options->deadlines.ready_ns);
    if (code == 0)
        code = check_ready(trial, RECORD_PROXY);
    if (code == 0)
        code = launch_peer(supervisor, trial->options, proxy->endpoint, peer, err);
    if (code == 0)
        code = supervisor_await(supervisor, SUPERVISOR_PEER, "ready",
                                clock_now_ns() + trial->options->deadlines.ready_ns);
    if (code == 0)
        code = check_ready(trial, RECORD_PEER);
    if (code == 0)
        code = launch_churner(supervisor, trial->options, proxy->endpoint, err);
    if (code == 0)
        code = supervisor_await(supervisor, SUPERVISOR_CHURNER, "ready",
                                clock_now_ns() + trial->options->deadlines.ready_ns);
    for (size_t i = 0; code == 0 && i < RECORD_ROLE_COUNT; i++)
        code = sampler_attach(&trial->sampler, i, supervisor->process[steps_subject(i)].pid, err);
    return code;
}

static int release(struct trial *trial)
{
    for (size_t i = 0; i < RECORD_ROLE_COUNT; i++) {
        int code = supervisor_ask(&trial->supervisor, steps_subject(i), "release");
        if (code == 0)
            code = supervisor_await(&trial->supervisor, steps_subject(i), "released",
                                    clock_now_ns() + trial->options->deadlines.leave_ns);
        if (code < 0)
            return code;
        work_read_released(&trial->record->roles[i], &trial->supervisor.line);
    }
    return 0;
}

/* The allocator's own statistics at length. */
static int ask_detail(struct trial *trial, const char *file)
{
    struct supervisor *supervisor = &trial->supervisor;
    struct control_line request;
    int64_t error = 0;
    control_begin(&request, "detail");
    control_add(&request, "file", file);
    int code = supervisor_send(supervisor, SUPERVISOR_PEER, &request);
    if (code == 0)
        code = supervisor_await(supervisor, SUPERVISOR_PEER, "detailed",
                                clock_now_ns() + trial->options->deadlines.answer_ns);
    if (code == 0 && (control_get_i64(&supervisor->line, "error", &error) < 0 || error != 0))
        return supervisor_fail(supervisor, "peer could not write its statistics to %s: %s", file,
                               strerror((int)error));
    return code;
}

/* What a tool does while the peer is quiet. */
static int use_tool(struct trial *trial)
{
    const struct trial_tool *tool = trial->options->tool;
    struct err err = ERR_INIT;
    int code = tool && tool->detail ? ask_detail(trial, tool->detail) : 0;
    if (code < 0)
        return code;
    if (!tool || !tool->at_quiet)
        return 0;
    pid_t peer = trial->supervisor.process[SUPERVISOR_PEER].pid;
    return tool->at_quiet(tool->context, peer, &err) < 0
               ? supervisor_fail(&trial->supervisor, "%s: %s", tool->name, err.text)
               : 0;
}

static int dump(struct trial *trial)
{
    struct supervisor *supervisor = &trial->supervisor;
    if (!trial->options->tool || !trial->options->tool->dumps)
        return 0;
    int code = supervisor_ask(supervisor, SUPERVISOR_PEER, "dump");
    return code < 0 ? code
                    : supervisor_await(supervisor, SUPERVISOR_PEER, "dumped",
                                       clock_now_ns() + trial->options->deadlines.leave_ns);
}

static struct noise_watch whom_to_watch(const struct trial *trial)
{
    const struct process *process = trial->supervisor.process;
    const struct trial_pins *pins = &trial->options->pins;
    return (struct noise_watch){
        .core = {
            [NOISE_SUBJECTS] = {.cpu = pins->subject_cpu,
                                .own = {process[SUPERVISOR_PEER].pid,
                                        process[SUPERVISOR_PROXY].pid}},
            [NOISE_LOAD] = {.cpu = pins->driver_cpu,
                            .own = {process[SUPERVISOR_CHURNER].pid, getpid()}},
        }};
}

static int measure(struct trial *trial)
{
    const struct workload *workload = trial->options->workload;
    struct noise_watch noise = whom_to_watch(trial);
    int code = load_gather(trial);
    if (code < 0)
        return code;
    sampler_begin(&trial->sampler);
    code = steps_end_phase(trial, PHASE_START);
    if (code == 0)
        code = dump(trial);
    noise_begin(&noise, &trial->record->noise);
    if (code == 0)
        code = load_run(trial);
    if (code == 0)
        code = steps_end_phase(trial, PHASE_CHURN);
    noise_end(&noise, trial->record);
    if (code == 0)
        code = load_settle(trial);
    if (code == 0)
        code = dump(trial);
    if (code == 0)
        code = supervisor_idle(&trial->supervisor, clock_now_ns() + workload->quiet_ns);
    if (code == 0)
        code = steps_end_phase(trial, PHASE_QUIET);
    if (code == 0)
        code = use_tool(trial);
    if (code == 0)
        code = release(trial);
    if (code == 0)
        code = supervisor_idle(&trial->supervisor, clock_now_ns() + workload->released_ns);
    return code < 0 ? code : steps_end_phase(trial, PHASE_RELEASED);
}

static int leave(struct trial *trial, enum supervisor_role role)
{
    struct supervisor *supervisor = &trial->supervisor;
    supervisor->may_end[role] = true;
    int code = supervisor_ask(supervisor, role, "leave");
    if (code == 0)
        code = supervisor_await(supervisor, role, "exit",
                                clock_now_ns() + trial->options->deadlines.leave_ns);
    if (code < 0)
        return code;
    if (role == SUPERVISOR_CHURNER)
        (void)control_get_i64(&supervisor->line, "cpu_ns",
                              &trial->record->roles[SUPERVISOR_CHURNER].exit_cpu_ns);
    else
        work_read_exit(&trial->record->roles[role == SUPERVISOR_PEER ? RECORD_PEER : RECORD_PROXY],
                       &supervisor->line);
    return supervisor_await_end(supervisor, role,
                                clock_now_ns() + trial->options->deadlines.leave_ns);
}

static int leave_all(struct trial *trial)
{
    int code = leave(trial, SUPERVISOR_CHURNER);
    if (code == 0)
        code = leave(trial, SUPERVISOR_PEER);
    if (code == 0)
        code = leave(trial, SUPERVISOR_PROXY);
    return code;
}

/* Of those that ended by themselves: the rest is about to be killed. */
static void note_ends(struct trial *trial)
{
    for (int i = 0; i < SUPERVISOR_ROLE_COUNT; i++) {
        const struct process *process = &trial->supervisor.process[i];
        if (process->ended)
            trial->record->roles[i].wait_status = process->wait_status;
    }
}

static void stamp(struct record *record)
{
    char text[32];
    time_t now = time(NULL);
    struct tm utc;
    (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    free(record->started_utc);
    record->started_utc = strdup(text);
}

int trial_run(const struct trial_options *options, struct record *record, struct err *err)
{
    struct trial trial = {.options = options, .record = record, .processes_failed = RECORD_NA};
    struct supervisor_hooks hooks = {.tick = on_tick, .heard = on_line, .context = &trial};
    record->cycles_planned = workload_cycles(options->workload);
    stamp(record);
    for (int i = 0; i < SUPERVISOR_ROLE_COUNT; i++)
        (void)record_add_role(record, supervisor_role_names[i], i < RECORD_ROLE_COUNT);
    sampler_init(&trial.sampler, record);
    int code = supervisor_open(&trial.supervisor, options->sample_period_ns, options->interrupt_fd,
                               &hooks, err);
    if (code < 0)
        return code;
    trial.supervisor.any_status[SUPERVISOR_PEER] = options->tool && options->tool->own_exit_status;
    code = start_all(&trial, err);
    if (code == 0)
        code = measure(&trial);
    if (code == 0)
        code = leave_all(&trial);
    if (code == 0) {
        record->outcome = RECORD_VALID;
        work_check(options->workload, record);
    } else if (code == -ECANCELED) {
        record->outcome = trial.supervisor.refused ? RECORD_INVALID : RECORD_FAILED;
        record->reason = strdup(trial.supervisor.failure);
        code = 0;
    }
    note_ends(&trial);
    supervisor_close(&trial.supervisor);
    sampler_close(&trial.sampler);
    return code;
}
