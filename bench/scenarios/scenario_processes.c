/*
 * processes: real peer processes, `peers` of them at a time, each living `life`. Nobody serialises
 * them, so that how often a join is heard is not exact.
 */
#include "discovery_roles.h"

#include <inttypes.h>

#include "clock.h"

/* There is no end of a round; statistics are asked for this often. */
static const int64_t look_period_ns = 200LL * CLOCK_NS_PER_MS;

struct processes {
    bool ended;     /* the churner has said the last word of its load … */
    int64_t failed; /* … and how many processes failed */
};

/* The rounds and a life more, since the first ones start spread over one. */
static int64_t longest_ns(const struct trial *trial)
{
    const struct workload *workload = play_workload(trial);
    return play_answer_ns(trial) + (workload->rounds + 1) * workload->life_ns +
           workload->rounds * workload->step_deadline_ns;
}

static int play_processes(struct trial *trial)
{
    const struct workload *workload = play_workload(trial);
    const struct processes *processes = play_state(trial);
    int64_t deadline_ns = clock_now_ns() + longest_ns(trial);
    struct control_line request;
    control_begin(&request, "processes");
    control_add_i64(&request, "lives", workload->rounds);
    int code = play_send(trial, DISCOVERY_CHURNER, &request);
    while (code == 0 && !processes->ended) {
        if (clock_now_ns() > deadline_ns)
            return play_fail(trial, "churner did not finish its processes in time");
        code = play_idle(trial, look_period_ns);
        if (code == 0)
            code = play_look(trial);
    }
    if (code == 0 && processes->failed > 0)
        return play_fail(trial, "%" PRId64 " of the load's processes failed; see churner.log",
                         processes->failed);
    return code;
}

static bool heard(struct trial *trial, size_t role, const struct control_line *line)
{
    struct processes *processes = play_state(trial);
    int64_t cycles = 0;
    if (role != DISCOVERY_CHURNER)
        return false;
    if (control_is(line, "processes")) { /* the last words of the load */
        processes->ended = control_get_i64(line, "failed", &processes->failed) == 0;
        return processes->ended;
    }
    if (!control_is(line, "progress") || control_get_i64(line, "cycles", &cycles) < 0)
        return false;
    play_set_cycles(trial, cycles);
    return true;
}

static int settle(struct trial *trial)
{
    return discovery_settle(trial, play_cycles(trial));
}

static const struct spec_load loads[] = {
    {.word = "processes",
     .cycle_unit = "peer life",
     .crowd = "peer",
     .round = "life",
     .rules = discovery_rules},
    {.word = NULL},
};

const struct scenario scenario_processes = {
    .name = "processes",
    .loads = loads,
    .roles = discovery_roles,
    .work = discovery_work,
    .state_bytes = sizeof(struct processes),
    .start = discovery_start,
    .load = play_processes,
    .settle = settle,
    .leave = discovery_leave,
    .heard = heard,
    .clean = discovery_clean,
    .timed_rounds = true,
};
