/*
 * messages: M virtual peers join once and stay; in each round every one of them sends its messages.
 */
#include "discovery_roles.h"

/* The residents come before the baseline … */
static int start(struct trial *trial, struct err *err)
{
    int code = discovery_start(trial, err);
    return code < 0 ? code
                    : discovery_ask_churner(trial, "join", "joined", play_workload(trial)->peers);
}

static int play_bursts(struct trial *trial)
{
    const struct workload *workload = play_workload(trial);
    int code = 0;
    for (int64_t round = 1; code == 0 && round <= workload->rounds; round++) {
        code = discovery_ask_churner(trial, "burst", "burst", 1);
        if (code == 0)
            code = play_end_round(trial, "messages_heard",
                                  round * workload->peers * workload->messages);
    }
    return code;
}

/* … and go after the load. */
static int settle(struct trial *trial)
{
    int64_t peers = play_workload(trial)->peers;
    int code = discovery_ask_churner(trial, "part", "parted", peers);
    return code < 0 ? code : discovery_settle(trial, peers);
}

static const struct spec_load loads[] = {
    {.word = "messages",
     .cycle_unit = "burst of messages",
     .crowd = "peer",
     .round = "round",
     .rules = discovery_rules},
    {.word = NULL},
};

const struct scenario scenario_messages = {
    .name = "messages",
    .loads = loads,
    .roles = discovery_roles,
    .work = discovery_work,
    .start = start,
    .load = play_bursts,
    .settle = settle,
    .leave = discovery_leave,
    .clean = discovery_clean,
};
