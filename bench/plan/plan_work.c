#include <assert.h>

#include "plan.h"

enum { NOT_EXACT = -1 };

/* How often a whole group of peers comes and goes. */
static int64_t gatherings(const struct workload *workload)
{
    if (workload_is_step(workload))
        return 0;
    return workload->load == SPEC_MESSAGES ? 1 : workload->rounds;
}

static int64_t lives(const struct workload *workload)
{
    return workload->peers * gatherings(workload);
}

static int64_t joins_heard(const struct workload *workload)
{
    int64_t peers = workload->peers;
    if (workload->load == SPEC_PROCESSES)
        return NOT_EXACT;
    if (workload->load == SPEC_ANNOUNCE_ONLY)
        return workload_cycles(workload) + 1;
    return gatherings(workload) * (workload->mesh ? peers * peers + 2 * peers : 3 * peers) + 1;
}

static int64_t connects(const struct workload *workload)
{
    return lives(workload) + 1;
}

static int64_t peers_max(const struct workload *workload)
{
    if (workload_is_step(workload))
        return 1;
    return workload->load == SPEC_PROCESSES ? NOT_EXACT : workload->peers + 1;
}

static int64_t messages_heard(const struct workload *workload)
{
    return workload->load == SPEC_MESSAGE_ONLY
               ? workload_cycles(workload)
               : workload->peers * workload->rounds * workload->messages;
}

static int64_t lost_blocks(const struct workload *workload)
{
    return workload->leak_bytes > 0 ? lives(workload) : 0;
}

/* All that was heard, and the good-byes. */
static int64_t forwarded(const struct workload *workload)
{
    int64_t joins = joins_heard(workload);
    return joins == NOT_EXACT ? NOT_EXACT : joins + lives(workload);
}

static int64_t none(const struct workload *workload)
{
    (void)workload;
    return 0;
}

static const struct {
    const char *role;
    const char *counter;
    int64_t (*expected)(const struct workload *workload);
} formulas[] = {
    {"peer", "joins_heard", joins_heard}, {"peer", "leaves_heard", lives},
    {"peer", "connects", connects},       {"peer", "disconnects", lives},
    {"peer", "peers_max", peers_max},     {"peer", "messages_heard", messages_heard},
    {"peer", "malformed", none},          {"peer", "lost_blocks", lost_blocks},
    {"proxy", "forwarded", forwarded},
};

_Static_assert(sizeof formulas / sizeof formulas[0] <= PLAN_WORK_MAX, "raise PLAN_WORK_MAX");

size_t plan_work(const struct workload *workload, struct plan_work *out)
{
    size_t count = sizeof formulas / sizeof formulas[0];
    for (size_t i = 0; i < count; i++)
        out[i] = (struct plan_work){.role = formulas[i].role,
                                    .counter = formulas[i].counter,
                                    .expected = formulas[i].expected(workload)};
    return count;
}
