#include "workload.h"

#include <stddef.h>

const char *const spec_drain_names[] = {"none", "poll", "send", "events", "pollset", NULL};

const char *const spec_agent_names[] = {"off", "first", "all", NULL};
const char *const spec_signal_names[] = {"TERM", "INT", "QUIT", "HUP", "USR1", "USR2", NULL};

int64_t workload_cycles(const struct workload *workload)
{
    return workload_round_cycles(workload) * workload->rounds;
}

bool workload_is_own(const struct workload *workload)
{
    /* A workload that was stored has an empty list where none was given. */
    char *const *command = workload->program.command;
    return command && *command;
}

int64_t workload_round_cycles(const struct workload *workload)
{
    return workload_is_own(workload) ? workload->each.count : workload->peers;
}

const char *workload_cycle_unit(const struct workload *workload)
{
    return workload->cycle_unit ? workload->cycle_unit : "cycle";
}
