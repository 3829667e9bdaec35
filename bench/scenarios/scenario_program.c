/*
 * program: an unmodified program of the user's, with a row's allocator and our agent preloaded,
 * driven by commands of the user's: one command is a round, and what it counts is cycles.
 */
#include <inttypes.h>
#include <signal.h>

#include "program_state.h"

enum { LOOK_LOADED_MS = 100 };
static const int64_t look_loaded_ns = LOOK_LOADED_MS * CLOCK_NS_PER_MS;

static const struct scenario_role roles[] = {
    [PROGRAM_ROLE] = {.name = "program", .measured = true, .tree = true},
    [LOAD_ROLE] = {.name = "load"},
    [WORK_ROLE] = {.name = "work"},
    [SETUP_ROLE] = {.name = "setup"},
    {.name = NULL},
};

/* Looked at now and then while the load runs: what is there most counts. */
static int play_loaded_round(struct trial *trial, int64_t within_ns)
{
    int64_t until_ns = clock_now_ns() + within_ns;
    int code = program_begin(trial, LOAD_ROLE, play_workload(trial)->each.command, AS_ONESELF);
    if (code == 0)
        code = play_signal(trial, LOAD_ROLE, 0); /* from now on it may end */
    while (code == 0 && clock_now_ns() < until_ns) {
        code = play_idle_while(trial, LOAD_ROLE, look_loaded_ns);
        if (code < 0 || play_has_ended(trial, LOAD_ROLE))
            break;
        code = play_look_loaded(trial);
    }
    return code < 0 ? code : play_await_end(trial, LOAD_ROLE, 0);
}

static int end_loaded_round(struct trial *trial, int64_t round)
{
    return play_end_loaded_round(trial)
               ? 0
               : play_fail(trial,
                           "round %" PRId64 " was over before it was looked at; with 'sample: "
                           "during' it must take some %d ms: give it more to do",
                           round, 2 * LOOK_LOADED_MS);
}

static int play_rounds(struct trial *trial)
{
    const struct workload *workload = play_workload(trial);
    struct program_state *state = play_state(trial);
    bool loaded = workload->each.sample == SPEC_SAMPLE_DURING;
    int64_t within_ns = workload->each.within_ns;
    int code = 0;
    for (int64_t round = 0; code == 0 && round < workload->rounds; round++) {
        state->fill.round = round;
        code = loaded
                   ? play_loaded_round(trial, within_ns)
                   : program_run(trial, LOAD_ROLE, workload->each.command, AS_ONESELF, within_ns);
        if (code < 0)
            break;
        play_set_cycles(trial, (round + 1) * workload->each.count);
        code = loaded ? end_loaded_round(trial, round) : play_end_round(trial, NULL, 0);
    }
    return code;
}

static int stop(struct trial *trial)
{
    static const int signals[] = {
        [SPEC_TERM] = SIGTERM, [SPEC_INT] = SIGINT,   [SPEC_QUIT] = SIGQUIT,
        [SPEC_HUP] = SIGHUP,   [SPEC_USR1] = SIGUSR1, [SPEC_USR2] = SIGUSR2};
    const struct spec_stop *how = &play_workload(trial)->stop;
    bool asked = spec_command_given(how->command);
    int code = program_ask_work(trial);
    play_allow_status(trial, PROGRAM_ROLE, how->any_status ? -1 : (int)how->status);
    if (code == 0)
        code = play_signal(trial, PROGRAM_ROLE, asked ? 0 : signals[how->signal]);
    if (code == 0 && asked)
        code = program_run(trial, WORK_ROLE, how->command, AS_USER, how->within_ns);
    return code < 0 ? code : play_await_end(trial, PROGRAM_ROLE, how->within_ns);
}

static const struct spec_load loads[] = {
    {.word = "program",
     .cycle_unit = "request of the load",
     .round_unit = "round of the load",
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
    .heard = program_heard,
    .knock = program_knock,
    .explain = program_explain,
    .close = program_close,
    .lacks = program_lacks,
    .foreign = true,
};
