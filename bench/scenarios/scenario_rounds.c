/*
 * rounds: M virtual peers join one by one, then leave one by one, again and again. Every join and
 * every leave ends when every side has confirmed it, so that the work is exact.
 */
#include "discovery_roles.h"

static int play_rounds(struct trial *trial)
{
    const struct workload *workload = play_workload(trial);
    int code = 0;
    for (int64_t round = 0; code == 0 && round < workload->rounds; round++) {
        code = discovery_ask_churner(trial, "round", "round", 2 * workload->peers);
        if (code == 0)
            code = play_end_round(trial, "leaves_heard", play_cycles(trial));
    }
    return code;
}

static int settle(struct trial *trial)
{
    return discovery_settle(trial, play_cycles(trial));
}

static const struct spec_load loads[] = {
    {.word = "rounds",
     .cycle_unit = "peer life",
     .crowd = "peer",
     .round = "round",
     .rules = discovery_rules},
    {.word = NULL},
};

const struct scenario scenario_rounds = {
    .name = "rounds",
    .loads = loads,
    .roles = discovery_roles,
    .work = discovery_work,
    .start = discovery_start,
    .load = play_rounds,
    .settle = settle,
    .leave = discovery_leave,
    .clean = discovery_clean,
    .cheap_rounds = true,
};
