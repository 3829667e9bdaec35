#include "workload.h"

#include <stddef.h>
#include <string.h>

const char *const spec_drain_names[] = {"none", "poll", "send", "events", "pollset", NULL};

const char *const spec_agent_names[] = {"off", "first", "all", NULL};
const char *const spec_signal_names[] = {"TERM", "INT", "QUIT", "HUP", "USR1", "USR2", NULL};

const char *const spec_sample_names[] = {"quiet", "during", NULL};
const char *const spec_trace_mode_names[] = {"virtual", "paced", "one-thread", NULL};

int64_t workload_cycles(const struct workload *workload)
{
    return workload_round_cycles(workload) * workload->rounds;
}

bool workload_is_own(const struct workload *workload)
{
    return spec_command_given(workload->program.command) ||
           spec_command_given(workload->program.commands);
}

int64_t workload_round_cycles(const struct workload *workload)
{
    if (spec_trace_given(&workload->trace))
        return 1;
    return workload_is_own(workload) ? workload->each.count : workload->peers;
}

const char *workload_cycle_unit(const struct workload *workload)
{
    return workload->cycle_unit ? workload->cycle_unit : "cycle";
}

const char *workload_build(const struct workload *workload, const char *allocator)
{
    char *const *pair = workload->program.commands;
    while (pair && *pair && strcmp(pair[0], allocator) != 0)
        pair += 2;
    return pair && *pair ? pair[1] : NULL;
}
