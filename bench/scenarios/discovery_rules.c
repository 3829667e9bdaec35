/*
 * Which keys of a workload need or exclude each other under the loads of this application.
 */
#include "clock.h"
#include "discovery_roles.h"

/* Smaller ones could not carry what tells a data message from a discovery message. */
enum { MESSAGE_BYTES_LEAST = 16 };

static bool bursts_are_empty(const struct workload *workload)
{
    return discovery_is(workload, "messages") && workload->messages == 0;
}

static bool processes_have_no_life(const struct workload *workload)
{
    return discovery_is(workload, "processes") && workload->life_ns == 0;
}

static bool life_without_processes(const struct workload *workload)
{
    return !discovery_is(workload, "processes") && workload->life_ns > 0;
}

static bool life_is_too_short(const struct workload *workload)
{
    return workload->life_ns < CLOCK_NS_PER_MS;
}

static bool processes_without_mesh(const struct workload *workload)
{
    return discovery_is(workload, "processes") && !workload->mesh;
}

static bool processes_with_messages(const struct workload *workload)
{
    return discovery_is(workload, "processes") && workload->messages > 0;
}

static bool messages_are_too_small(const struct workload *workload)
{
    return workload->messages > 0 && workload->message_bytes < MESSAGE_BYTES_LEAST;
}

static bool size_without_messages(const struct workload *workload)
{
    return workload->messages == 0 && workload->message_bytes > 0;
}

static bool leak_without_joins(const struct workload *workload)
{
    return discovery_is(workload, "messages") && workload->leak_bytes > 0;
}

static bool no_session_blocks(const struct workload *workload)
{
    return workload->session.blocks == 0;
}

static bool session_sizes_reversed(const struct workload *workload)
{
    return workload->session.size_min_bytes > workload->session.size_max_bytes;
}

static bool outliving_for_no_time(const struct workload *workload)
{
    return workload->session.outlive_percent > 0 && workload->session.outlive_cycles == 0;
}

static bool outlived_by_nothing(const struct workload *workload)
{
    return workload->session.outlive_percent == 0 && workload->session.outlive_cycles > 0;
}

static bool no_workers(const struct workload *workload)
{
    return workload->workers.count == 0;
}

#define FOR_PEERS      "is for peers that come and go; here one step alone is repeated: leave it out"
#define NEEDS_BLOCKS   "does nothing without session_blocks; give it too, or leave this key out"
#define SIZES_REVERSED "session_size_min is larger than session_size_max"

const struct spec_rule discovery_rules[] = {
    {"mesh", discovery_is_step, FOR_PEERS},
    {"messages", discovery_is_step, FOR_PEERS},
    {"message_bytes", discovery_is_step, FOR_PEERS},
    {"leak_bytes", discovery_is_step, FOR_PEERS},
    {"session_blocks", discovery_is_step, FOR_PEERS},
    {"session_size_min", discovery_is_step, FOR_PEERS},
    {"session_size_max", discovery_is_step, FOR_PEERS},
    {"session_outlive_percent", discovery_is_step, FOR_PEERS},
    {"session_outlive_cycles", discovery_is_step, FOR_PEERS},
    {"workers", discovery_is_step, FOR_PEERS},
    {"worker_sessions", discovery_is_step, FOR_PEERS},
    {"load", bursts_are_empty, "with 'messages' each round sends; give messages, 1 to 1000"},
    {"load", processes_have_no_life, "with 'processes' each lives a given time; give life, as 2s"},
    {"life", life_without_processes, "is for 'load: processes' only; leave it out"},
    {"life", life_is_too_short, "is below 1 ms; no process comes and goes in that time"},
    {"mesh", processes_without_mesh, "real processes always connect to each other; leave it out"},
    {"messages", processes_with_messages, "real processes send no messages; leave it out"},
    {"messages", messages_are_too_small, "needs message_bytes, 16 B or more"},
    {"message_bytes", size_without_messages, "does nothing without messages; give how many"},
    {"leak_bytes", leak_without_joins,
     "something is lost when a peer joins, and with 'load: messages' none joins in a cycle"},
    {"session_size_min", no_session_blocks, NEEDS_BLOCKS},
    {"session_size_max", no_session_blocks, NEEDS_BLOCKS},
    {"session_outlive_percent", no_session_blocks, NEEDS_BLOCKS},
    {"session_outlive_cycles", no_session_blocks, NEEDS_BLOCKS},
    {"workers", no_session_blocks, NEEDS_BLOCKS},
    {"worker_sessions", no_workers, "does nothing without workers; say how many, or leave it out"},
    {"session_size_min", session_sizes_reversed, SIZES_REVERSED},
    {"session_size_max", session_sizes_reversed, SIZES_REVERSED},
    {"session_outlive_percent", outliving_for_no_time,
     "needs session_outlive_cycles: how long these blocks stay"},
    {"session_outlive_cycles", outlived_by_nothing,
     "does nothing without session_outlive_percent: which share of the blocks stays"},
    {.key = NULL},
};
