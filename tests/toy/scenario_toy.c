/*
 * toy: the smallest scenario, as an example and a test: one role, a shell that sleeps, with nothing
 * of ours in it. A round lets a millisecond pass; it leaves when it is told to by a signal.
 */
#include <signal.h>

#include "cleanup.h"
#include "clock.h"
#include "play.h"

enum { SLEEPER };

static const struct scenario_role roles[] = {
    [SLEEPER] = {.name = "sleeper", .measured = true},
    {.name = NULL},
};

static int start(struct trial *trial, struct err *err)
{
    AUTO(words) struct words arguments = {.count = 0};
    words_add(&arguments, "-c");
    words_add(&arguments, "exec sleep 1000");
    return play_start(
        trial, SLEEPER,
        &(struct play_start){.program = "/bin/sh", .arguments = &arguments, .plain = true}, err);
}

static int load(struct trial *trial)
{
    const struct workload *workload = play_workload(trial);
    int code = 0;
    for (int64_t round = 1; code == 0 && round <= workload->rounds; round++) {
        code = play_idle(trial, CLOCK_NS_PER_MS);
        play_set_cycles(trial, round * workload_round_cycles(workload));
        if (code == 0)
            code = play_end_round(trial, NULL, 0);
    }
    return code;
}

static int leave(struct trial *trial)
{
    int code = play_signal(trial, SLEEPER, SIGTERM);
    return code < 0 ? code : play_await_end(trial, SLEEPER, 10LL * CLOCK_NS_PER_S);
}

static const struct spec_load loads[] = {
    {.word = "toy", .cycle_unit = "nap", .round = "nap"},
    {.word = NULL},
};

const struct scenario scenario_toy = {
    .name = "toy",
    .loads = loads,
    .roles = roles,
    .start = start,
    .load = load,
    .leave = leave,
};
