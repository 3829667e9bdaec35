#include "play.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launch.h"
#include "ready_check.h"
#include "trial_state.h"
#include "trial_tree.h"
#include "work.h"

/* A statistics read this slow disturbs the subject; after so many in a row it is read at the ends
 * of phases only (allocators.md 2.2; one slow read alone is a preemption). */
static const int64_t slow_read_ns = 5LL * CLOCK_NS_PER_MS;
enum { SLOW_READS_IN_A_ROW = 3 };

const struct workload *play_workload(const struct trial *trial)
{
    return trial->options->workload;
}

void *play_state(struct trial *trial)
{
    return trial->state;
}

const char *play_programs(const struct trial *trial)
{
    return trial->options->programs;
}

const char *play_folder(const struct trial *trial)
{
    return trial->options->folder;
}

int play_start(struct trial *trial, size_t role, const struct play_start *start, struct err *err)
{
    return launch_role(trial, role, start, err);
}

int play_await_ready(struct trial *trial, size_t role)
{
    int code = supervisor_await(&trial->supervisor, role, "ready",
                                trial_deadline(trial->options->deadlines.ready_ns));
    return code == 0 && trial->scenario->roles[role].measured
               ? ready_check(trial, role, &trial->supervisor.line)
               : code;
}

int play_open_door(struct trial *trial, int door_fd)
{
    return supervisor_open_door(&trial->supervisor, door_fd) == 0
               ? 0
               : play_fail(trial, "the door cannot be watched");
}

int play_adopt(struct trial *trial, size_t role, int fd)
{
    return supervisor_adopt(&trial->supervisor, role, fd) == 0
               ? 0
               : play_fail(trial, "the channel of %s cannot be watched",
                           trial->record->roles[role].name);
}

void play_join(struct trial *trial, size_t role, pid_t pid, int fd)
{
    struct role_process *process = role_tree_add(&trial->sampler.trees[role], pid);
    if (process)
        tree_agent_adopt(&process->agent, fd);
    else
        (void)close(fd); /* the agent goes */
}

bool play_has_channel(const struct trial *trial, size_t role)
{
    return trial_has_channel(trial, role);
}

bool play_has_ended(const struct trial *trial, size_t role)
{
    return trial->supervisor.roles[role].process.ended;
}

void play_alone(struct trial *trial, size_t role)
{
    trial->sampler.trees[role].follows = false;
}

int play_set_identity(struct trial *trial, size_t role, const char *identity)
{
    struct record_role *of = &trial->record->roles[role];
    free(of->allocator);
    free(of->identity);
    of->allocator = strdup(trial->options->allocator);
    of->identity = strdup(identity);
    return 0;
}

int play_refuse(struct trial *trial, const char *reason)
{
    trial->supervisor.refused = true;
    return play_fail(trial, "%s", reason);
}

int play_accept_ready(struct trial *trial, size_t role, const struct control_line *line)
{
    return ready_check(trial, role, line);
}

const char *play_library(const struct trial *trial)
{
    return trial->options->library;
}

const char *play_allocator(const struct trial *trial)
{
    return trial->options->allocator;
}

int play_set_counter(struct trial *trial, size_t role, const char *name, int64_t value)
{
    return work_set_counter(&trial->record->roles[role], name, value);
}

const char *play_endpoint(const struct trial *trial, size_t role)
{
    return trial->record->roles[role].endpoint;
}

pid_t play_pid(const struct trial *trial, size_t role)
{
    return trial->supervisor.roles[role].process.pid;
}

int play_ask(struct trial *trial, size_t role, const char *verb)
{
    return supervisor_ask(&trial->supervisor, role, verb);
}

int play_send(struct trial *trial, size_t role, const struct control_line *line)
{
    return supervisor_send(&trial->supervisor, role, line);
}

int play_await(struct trial *trial, size_t role, const char *verb, int64_t work_ns)
{
    return supervisor_await(&trial->supervisor, role, verb,
                            trial_deadline(play_answer_ns(trial) + work_ns));
}

int64_t play_answer_ns(const struct trial *trial)
{
    return trial->options->deadlines.answer_ns;
}

const struct control_line *play_answer(const struct trial *trial)
{
    return &trial->supervisor.line;
}

int play_idle(struct trial *trial, int64_t duration_ns)
{
    return supervisor_idle(&trial->supervisor, trial_deadline(duration_ns));
}

int play_idle_while(struct trial *trial, size_t role, int64_t duration_ns)
{
    return supervisor_idle_while(&trial->supervisor, role, trial_deadline(duration_ns));
}

void play_set_cycles(struct trial *trial, int64_t cycles)
{
    trial->record->cycles_done = cycles;
}

int64_t play_cycles(const struct trial *trial)
{
    return trial->record->cycles_done;
}

int play_add_joins(struct trial *trial)
{
    return work_add_joins(trial->record, &trial->supervisor.line);
}

/* Ask one role for its statistics, answered when `counter` (NULL: none) has reached `goal`. One
 * without a channel has none. */
static int ask_stats(struct trial *trial, size_t role, const char *counter, int64_t goal,
                     struct allocator_stats *out, int64_t *out_read_ns)
{
    struct record_role *of = &trial->record->roles[role];
    struct control_line request;
    allocator_stats_init(out);
    *out_read_ns = RECORD_NA;
    if (!trial_has_channel(trial, role))
        return 0;
    control_begin(&request, "stats");
    if (counter) {
        char key[64];
        (void)snprintf(key, sizeof key, "at.%s", counter);
        control_add_i64(&request, key, goal);
    }
    int code = play_send(trial, role, &request);
    if (code == 0)
        code = play_await(trial, role, "stats", 0);
    if (code < 0)
        return code;
    if (work_read_stats(of, play_answer(trial), out, out_read_ns) < 0)
        return play_fail(trial, "%s sent statistics that are none: '%.80s'", of->name,
                         play_answer(trial)->text);
    bool slow = *out_read_ns > slow_read_ns;
    trial->slow_reads[role] = slow ? trial->slow_reads[role] + 1 : 0;
    if (trial->slow_reads[role] >= SLOW_READS_IN_A_ROW)
        of->stats_at_phase_ends_only = true;
    return trial_tree_add_stats(trial, role, out);
}

static int look(struct trial *trial, const char *counter, int64_t goal, enum sampler_look how)
{
    trial_tree_walk(trial, true);
    for (size_t role = 0; role < trial->sampler.count; role++) {
        struct allocator_stats stats;
        int64_t read_ns = 0;
        if (trial->record->roles[role].stats_at_phase_ends_only)
            continue;
        int code =
            ask_stats(trial, role, role == RECORD_PRIMARY ? counter : NULL, goal, &stats, &read_ns);
        if (code < 0)
            return code;
        sampler_add(&trial->sampler, role, &stats, how);
        code = how != LOOK_CHEAP ? trial_tree_check(trial, role) : 0;
        if (code < 0)
            return code;
    }
    return 0;
}

int play_end_round(struct trial *trial, const char *counter, int64_t goal)
{
    return look(trial, counter, goal, LOOK_ROUND_END);
}

int play_look(struct trial *trial)
{
    return look(trial, NULL, 0, LOOK_CHEAP);
}

int play_look_loaded(struct trial *trial)
{
    const struct record *record = trial->record;
    size_t before = record->sample_count;
    int code = look(trial, NULL, 0, LOOK_EXACT);
    for (size_t i = before; code == 0 && i < record->sample_count; i++) {
        int64_t most = trial->loaded ? record->samples[trial->loaded - 1].rss_anon_bytes : -1;
        if (record->samples[i].role == RECORD_PRIMARY && record->samples[i].rss_anon_bytes > most &&
            record->samples[i].pss_bytes >= 0)
            trial->loaded = i + 1;
    }
    return code;
}

bool play_end_loaded_round(struct trial *trial)
{
    struct record *record = trial->record;
    size_t loaded = trial->loaded;
    trial->loaded = 0;
    if (loaded == 0)
        return false;
    record->samples[loaded - 1].at_round_end = true;
    for (size_t i = loaded - 1; i < record->sample_count; i++) /* cycles only ever grow */
        record->samples[i].cycle = record->cycles_done;
    return true;
}

int play_await_counter(struct trial *trial, size_t role, const char *counter, int64_t goal)
{
    struct allocator_stats stats;
    int64_t read_ns = 0;
    return ask_stats(trial, role, counter, goal, &stats, &read_ns);
}

int trial_end_phase(struct trial *trial, enum record_phase phase)
{
    trial_tree_walk(trial, true);
    for (size_t role = 0; role < trial->sampler.count; role++) {
        struct allocator_stats stats;
        int64_t read_ns = 0;
        int code = ask_stats(trial, role, NULL, 0, &stats, &read_ns);
        if (code < 0)
            return code;
        sampler_snapshot(&trial->sampler, role, phase, &stats, read_ns);
        sampler_add(&trial->sampler, role, &stats, LOOK_CHEAP);
        code = trial_tree_check(trial, role);
        if (code < 0)
            return code;
    }
    trial->record->phase_end_ns[phase] = sampler_elapsed_ns(&trial->sampler);
    if (phase + 1 < PHASE_COUNT)
        trial->sampler.phase = phase + 1;
    else
        trial->sampler.ended = true;
    return 0;
}

int play_leave(struct trial *trial, size_t role)
{
    struct record_role *of = &trial->record->roles[role];
    int64_t leave_ns = trial->options->deadlines.leave_ns;
    trial->supervisor.roles[role].may_end = true;
    int code = play_ask(trial, role, "leave");
    if (code == 0)
        code = supervisor_await(&trial->supervisor, role, "exit", trial_deadline(leave_ns));
    if (code < 0)
        return code;
    work_read_exit(of, play_answer(trial));
    return play_await_end(trial, role, leave_ns);
}

int play_signal(struct trial *trial, size_t role, int signal)
{
    struct supervised *of = &trial->supervisor.roles[role];
    of->may_end = true;
    of->own_signal = signal;
    if (signal && !of->process.ended && kill(of->process.pid, signal) < 0)
        return play_fail(trial, "%s cannot be sent signal %d: %s", of->name, signal,
                         strerror(errno));
    return 0;
}

void play_allow_status(struct trial *trial, size_t role, int status)
{
    trial->supervisor.roles[role].own_status = status < 0 ? 0 : status;
    trial->supervisor.roles[role].any_status |= status < 0;
}

int play_await_end(struct trial *trial, size_t role, int64_t within_ns)
{
    return supervisor_await_end(&trial->supervisor, role, trial_deadline(within_ns));
}

int play_fail(struct trial *trial, const char *format, ...)
{
    char reason[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    return supervisor_fail(&trial->supervisor, "%s", reason);
}
