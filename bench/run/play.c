#include "play.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launch.h"
#include "pins.h"
#include "process_tree.h"
#include "program_look.h"
#include "ready_check.h"
#include "trial_state.h"
#include "trial_tree.h"
#include "work.h"

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

int play_cores(const struct trial *trial, int wanted)
{
    cpu_set_t set;
    int count = pins_several(&trial->options->pins, wanted, &set);
    if (count > 0)
        return count;
    return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) < wanted ? CPU_COUNT(&set)
                                                                                   : wanted;
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

int64_t play_looks(const struct trial *trial)
{
    return trial->record->sampler_ticks;
}

void play_find_linked(struct trial *trial, size_t role)
{
    AUTO(process_tree) struct process_tree tree = {.count = 0};
    struct record_role *of = &trial->record->roles[role];
    process_tree_add(&tree, play_pid(trial, role));
    process_tree_grow(&tree);
    for (size_t i = 0; i < tree.count && !of->linked; i++) {
        struct program_look look = {.linked = ""};
        char path[64];
        (void)snprintf(path, sizeof path, "/proc/%d/exe", (int)tree.list[i]);
        if (program_look(path, &look, NULL) < 0 || !look.linked[0])
            continue;
        of->linked = strdup(look.linked);
        free(of->libc);
        of->libc = strdup(look.libc);
    }
}

size_t play_processes_left(struct trial *trial, size_t role)
{
    trial_tree_walk(trial, true);
    size_t living = role_tree_living(&trial->sampler.trees[role]);
    return living > 0 && !play_has_ended(trial, role) ? living - 1 : living;
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
