/*
 * The closed formula of the work: what peer and proxy must have counted when the churn is over and
 * all have left. It is not exact with real processes: a peer hears of newcomers any number of
 * times.
 *
 * With M peers, R rounds, j peers present when one joins, a newcomer's join is heard as
 *   1 (its announcement) + (j + 1) answers of those present + (j + 1) answers of the newcomer,
 * the subject counting as present; summed over a round M^2 + 2M (mesh), 3M without mesh (only the
 * subject and the newcomer answer each other); plus 1, the subject's own announcement. The proxy
 * forwards the same, and one good-bye per life. With the load `messages` peers join and leave once.
 */
#include "discovery_roles.h"

enum { NOT_EXACT = -1 };

/* How often a whole group of peers comes and goes. */
static int64_t gatherings(const struct workload *workload)
{
    if (discovery_is_step(workload))
        return 0;
    return discovery_is(workload, "messages") ? 1 : workload->rounds;
}

static int64_t lives(const struct workload *workload)
{
    return workload->peers * gatherings(workload);
}

static int64_t joins_heard(const struct workload *workload)
{
    int64_t peers = workload->peers;
    if (discovery_is(workload, "processes"))
        return NOT_EXACT;
    if (discovery_is(workload, "announce-only"))
        return workload_cycles(workload) + 1;
    return gatherings(workload) * (workload->mesh ? peers * peers + 2 * peers : 3 * peers) + 1;
}

static int64_t connects(const struct workload *workload)
{
    return lives(workload) + 1;
}

static int64_t peers_max(const struct workload *workload)
{
    if (discovery_is_step(workload))
        return 1;
    return discovery_is(workload, "processes") ? NOT_EXACT : workload->peers + 1;
}

static int64_t messages_heard(const struct workload *workload)
{
    return discovery_is(workload, "message-only")
               ? workload_cycles(workload)
               : workload->peers * workload->rounds * workload->messages;
}

static int64_t lost_blocks(const struct workload *workload)
{
    return workload->leak_bytes > 0 ? lives(workload) : 0;
}

/* The thread in each place is w / W of its time old when the first session comes. */
static int64_t worker_threads(const struct workload *workload)
{
    const struct spec_workers *workers = &workload->workers;
    int64_t threads = workers->count;
    for (int64_t w = 0; w < workers->count && workers->sessions > 0; w++)
        threads +=
            (w * workers->sessions / workers->count + lives(workload) - 1) / workers->sessions;
    return threads;
}

static int64_t blocks_built(const struct workload *workload)
{
    return workload->workers.count > 0 ? lives(workload) * workload->session.blocks : 0;
}

/* All but what outlived the last sessions. */
static int64_t blocks_freed(const struct workload *workload)
{
    const struct spec_session *session = &workload->session;
    int64_t outlived =
        lives(workload) < session->outlive_cycles ? lives(workload) : session->outlive_cycles;
    return workload->workers.count == 0
               ? 0
               : blocks_built(workload) -
                     outlived * (session->blocks * session->outlive_percent / 100);
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

const struct scenario_work discovery_work[] = {
    {"peer", "joins_heard", joins_heard},
    {"peer", "leaves_heard", lives},
    {"peer", "connects", connects},
    {"peer", "disconnects", lives},
    {"peer", "peers_max", peers_max},
    {"peer", "messages_heard", messages_heard},
    {"peer", "malformed", none},
    {"peer", "lost_blocks", lost_blocks},
    {"peer", "worker_threads", worker_threads},
    {"peer", "worker_blocks_built", blocks_built},
    {"peer", "worker_blocks_freed", blocks_freed},
    {"peer", "worker_blocks_spoiled", none},
    {"proxy", "forwarded", forwarded},
    {.role = NULL},
};
