/*
 * program: an unmodified program of the user's, with a row's allocator and our agent preloaded,
 * driven by commands of the user's: one command is a round, and what it counts is cycles.
 */
#include <regex.h>
#include <signal.h>

#include "program_state.h"

static const struct scenario_role roles[] = {
    [PROGRAM_ROLE] = {.name = "program", .measured = true, .tree = true},
    [LOAD_ROLE] = {.name = "load"},
    [WORK_ROLE] = {.name = "work"},
    {.name = NULL},
};

static int play_rounds(struct trial *trial)
{
    const struct workload *workload = play_workload(trial);
    struct program_state *state = play_state(trial);
    int code = 0;
    for (int64_t round = 0; code == 0 && round < workload->rounds; round++) {
        state->fill.round = round;
        code = program_run(trial, LOAD_ROLE, workload->each.command, workload->each.within_ns);
        if (code < 0)
            break;
        play_set_cycles(trial, (round + 1) * workload->each.count);
        code = play_end_round(trial, NULL, 0);
    }
    return code;
}

static int stop(struct trial *trial)
{
    static const int signals[] = {
        [SPEC_TERM] = SIGTERM, [SPEC_INT] = SIGINT,   [SPEC_QUIT] = SIGQUIT,
        [SPEC_HUP] = SIGHUP,   [SPEC_USR1] = SIGUSR1, [SPEC_USR2] = SIGUSR2};
    const struct spec_stop *how = &play_workload(trial)->stop;
    int code = program_ask_work(trial);
    if (code == 0)
        code = play_signal(trial, PROGRAM_ROLE, signals[how->signal]);
    return code < 0 ? code : play_await_end(trial, PROGRAM_ROLE, how->within_ns);
}

/* "ready" comes once for each image of the process: what it executes is proved anew. */
static bool heard(struct trial *trial, size_t role, const struct control_line *line)
{
    struct program_state *state = play_state(trial);
    if (role != PROGRAM_ROLE || !control_is(line, "ready"))
        return false;
    state->announced = play_accept_ready(trial, role, line) == 0;
    return true;
}

static bool no_program(const struct workload *workload)
{
    return !spec_command_given(workload->program.command);
}

static bool no_round(const struct workload *workload)
{
    return !spec_command_given(workload->each.command);
}

static bool command_of_work_alone(const struct workload *workload)
{
    return spec_command_given(workload->work.command) && !workload->work.equal;
}

static bool no_pattern(const struct workload *workload)
{
    regex_t pattern;
    if (!workload->work.equal || regcomp(&pattern, workload->work.equal, REG_EXTENDED) != 0)
        return workload->work.equal != NULL;
    bool groups = pattern.re_nsub > 0;
    regfree(&pattern);
    return !groups;
}

const struct spec_rule program_rules[] = {
    {"load", no_program, "with 'program' needs 'program: {command: …}', what is to be measured"},
    {"load", no_round, "with 'program' needs 'round: {command: …}', what drives it"},
    {"work.command", command_of_work_alone, "needs work.equal: which number it must print"},
    {"work.equal", no_pattern, "is no extended regular expression with a group for the number"},
    {.key = NULL},
};

static const struct spec_load loads[] = {
    {.word = "program",
     .cycle_unit = "request of the load",
     .round = "round",
     .rules = program_rules},
    {.word = NULL},
};

const struct scenario scenario_program = {
    .name = "program",
    .loads = loads,
    .roles = roles,
    .state_bytes = sizeof(struct program_state),
    .start = program_start,
    .load = play_rounds,
    .leave = stop,
    .heard = heard,
    .knock = program_knock,
    .explain = program_explain,
    .close = program_close,
    .foreign = true,
};
