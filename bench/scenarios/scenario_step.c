/*
 * step: one step of a peer's life, repeated alone by the measured peer itself, `peers` times a
 * round; proxy and churner look on. The word of the load names the step.
 */
#include "discovery_roles.h"

static int play_steps(struct trial *trial)
{
    const struct workload *workload = play_workload(trial);
    int code = 0;
    for (int64_t round = 1; code == 0 && round <= workload->rounds; round++) {
        struct control_line request;
        control_begin(&request, "step");
        control_add(&request, "name", workload->load);
        control_add_i64(&request, "count", workload->peers);
        code = play_send(trial, DISCOVERY_PEER, &request);
        if (code == 0)
            code = play_await(trial, DISCOVERY_PEER, "stepped",
                              workload->peers * workload->step_deadline_ns);
        if (code < 0)
            return code;
        play_set_cycles(trial, round * workload->peers);
        code = play_end_round(trial, "steps", play_cycles(trial));
    }
    return code;
}

static int settle(struct trial *trial)
{
    return discovery_settle(trial, 0);
}

#define STEP(name)                                                               \
    {                                                                            \
        .word = (name), .cycle_unit = "step", .crowd = "peer", .round = "round", \
        .rules = discovery_rules                                                 \
    }

static const struct spec_load loads[] = {
    STEP("connect-only"), STEP("announce-only"), STEP("message-only"),
    STEP("monitor-only"), STEP("context-only"),  {.word = NULL},
};

const struct scenario scenario_step = {
    .name = "step",
    .loads = loads,
    .roles = discovery_roles,
    .work = discovery_work,
    .start = discovery_start,
    .load = play_steps,
    .settle = settle,
    .leave = discovery_leave,
    .clean = discovery_clean,
};
