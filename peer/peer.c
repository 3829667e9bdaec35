/*
 * peer: the long-lived discovery peer whose memory is measured; started by hand also the
 * short-lived one. The protocol is member.h, the policies are drain.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "allocator.h"
#include "cleanup.h"
#include "clock.h"
#include "err.h"
#include "loss.h"
#include "member.h"
#include "option.h"
#include "peer_options.h"
#include "step.h"
#include "stop.h"
#include "subject.h"

/* How long the own good-bye may take to come back. */
enum { GOODBYE_MS = 5000 };

enum item { ITEM_CONTROL, ITEM_STOP, ITEM_SOCKETS, ITEM_COUNT = ITEM_SOCKETS + MEMBER_SOCKETS };

struct peer {
    struct subject subject;
    struct member member;
    struct sessions sessions; /* by the main thread … */
    struct workers workers;   /* … or by threads of their own */
    struct err trouble;       /* of these, since a hook cannot answer */
    zmq_pollitem_t items[ITEM_COUNT];
    int item_count;
    int64_t deadline_ns; /* end of life, then of waiting for the own good-bye; 0: none */
    bool ready;
    struct loss loss;
    struct stepper stepper;
};

static int print_allocator(void);
static int peer_open(struct peer *peer, struct err *err);
static int peer_run(struct peer *peer, struct err *err);
static int peer_deadline(struct peer *peer, struct err *err);
static void peer_receive(struct peer *peer);
static int peer_requests(struct peer *peer, struct err *err);
static void peer_leave(struct peer *peer);
static int peer_counters(const struct peer *peer, struct subject_counter *out);
static void on_joined(void *context, const struct member_peer *newcomer);
static void on_left(void *context, const struct member_peer *leaver);

enum { PEER_COUNTERS_MAX = 24 };

int main(int argc, char **argv)
{
    static struct peer peer; /* too big for a stack, and no allocation of its own */
    peer_options_parse(argc, argv);
    if (subject_open(&peer.subject, "peer") < 0)
        return SUBJECT_EXIT_REFUSED;
    if (peer_options.identify)
        return print_allocator();

    struct err err = ERR_INIT;
    int rc = peer_open(&peer, &err);
    if (rc == 0)
        rc = peer_run(&peer, &err);
    workers_close(&peer.workers);
    member_close(&peer.member);
    session_close(&peer.sessions);
    if (rc < 0) {
        subject_failed(&peer.subject, "%s", err.text);
        (void)fprintf(stderr, "peer: %s\n", err.text);
        return OPTION_EXIT_FAILED;
    }
    struct subject_counter counters[PEER_COUNTERS_MAX];
    subject_finish(&peer.subject, counters, peer_counters(&peer, counters));
    return EXIT_SUCCESS;
}

static int print_allocator(void)
{
    char version[64] = "";
    if (allocator_linked.version(version, sizeof version) < 0)
        (void)snprintf(version, sizeof version, "of unknown version");
    (void)printf("%s %s\n", allocator_linked.name, version);
    return EXIT_SUCCESS;
}

static int peer_open(struct peer *peer, struct err *err)
{
    peer_options.quiet = peer_options.quiet || peer->subject.fd >= 0;
    if (peer_options.life_ns > 0)
        peer->deadline_ns = clock_now_ns() + peer_options.life_ns;
    int stop_fd = stop_fd_open();
    if (stop_fd < 0)
        return err_set(err, stop_fd, "cannot wait for signals: %s", strerror(-stop_fd));
    const bool threads = peer_options.workers.count > 0;
    const struct session_options none = {.blocks = 0};
    int rc = session_open(&peer->sessions, threads ? &none : &peer_options.workers.session, err);
    if (rc < 0)
        return rc;
    struct member_options member = {
        .proxy = peer_options.proxy,
        .port = (int)peer_options.port,
        .linger_ms = (int)peer_options.linger_ms,
        .hooks = {.joined = on_joined, .left = on_left, .context = peer},
    };
    rc = member_open(&peer->member, &member, err);
    if (rc == 0)
        rc = workers_open(&peer->workers, &peer_options.workers, peer->member.context, err);
    if (rc < 0)
        return rc;

    peer->items[ITEM_CONTROL] = (zmq_pollitem_t){.fd = peer->subject.fd, .events = ZMQ_POLLIN};
    peer->items[ITEM_STOP] = (zmq_pollitem_t){.fd = stop_fd, .events = ZMQ_POLLIN};
    for (int i = 0; i < MEMBER_SOCKETS; i++)
        peer->items[ITEM_SOCKETS + i] =
            (zmq_pollitem_t){.socket = peer->member.sockets[i], .events = ZMQ_POLLIN};
    peer->item_count =
        ITEM_COUNT - (peer_options.drain->in_poll_set ? 0 : 1); /* MEMBER_DATA_PUB is last */
    return 0;
}

static int peer_run(struct peer *peer, struct err *err)
{
    while (peer->member.state != MEMBER_GONE) {
        int timeout_ms = peer->stepper.step      ? 0
                         : peer->deadline_ns > 0 ? clock_left_ms(peer->deadline_ns)
                                                 : -1;
        if (zmq_poll(peer->items, peer->item_count, timeout_ms) < 0) {
            if (errno == EINTR)
                continue;
            return err_set(err, -errno, "cannot poll: %s", zmq_strerror(errno));
        }
        peer_receive(peer);
        if (peer->trouble.code < 0)
            return err_set(err, peer->trouble.code, "%s", peer->trouble.text);
        if (!peer->ready && peer->member.state == MEMBER_JOINED) {
            peer->ready = true;
            subject_ready(&peer->subject, peer->member.endpoint);
            if (!peer_options.quiet)
                (void)printf("ready   %s\n", peer->member.endpoint);
        }
        int rc = peer_requests(peer, err);
        if (rc == 0)
            rc = peer_deadline(peer, err);
        if (rc < 0)
            return rc;
        if (!peer_options.quiet)
            (void)fflush(stdout);
    }
    return 0;
}

static void peer_receive(struct peer *peer)
{
    for (int i = 0; i < peer->item_count - ITEM_SOCKETS; i++) {
        if (peer->items[ITEM_SOCKETS + i].revents & ZMQ_POLLIN)
            member_receive(&peer->member, (enum member_socket)i);
    }
    if (peer_options.drain->each_turn)
        peer_options.drain->each_turn(peer->member.sockets[MEMBER_DATA_PUB]);
}

static int peer_requests(struct peer *peer, struct err *err)
{
    enum subject_request request =
        peer->items[ITEM_CONTROL].revents ? subject_next(&peer->subject) : SUBJECT_NOTHING;
    int rc = 0;
    if (peer->items[ITEM_STOP].revents || request == SUBJECT_LEAVE)
        peer_leave(peer);
    if (request == SUBJECT_STEP)
        rc = stepper_begin(&peer->stepper, &peer->subject.line, err);
    if (rc == 0 && peer->stepper.step) {
        rc = stepper_turn(&peer->stepper, &peer->member, peer->subject.fd, err);
        if (peer_options.drain->after_leave)
            peer_options.drain->after_leave(peer->member.sockets[MEMBER_DATA_PUB]);
    }
    struct subject_counter counters[PEER_COUNTERS_MAX];
    subject_stats_due(&peer->subject, counters, peer_counters(peer, counters));
    return rc;
}

static int peer_deadline(struct peer *peer, struct err *err)
{
    if (peer->deadline_ns == 0 || clock_now_ns() < peer->deadline_ns)
        return 0;
    if (!peer->ready)
        return err_set(err, -ETIMEDOUT, "its time is over and it never joined; is a proxy at %s?",
                       peer_options.proxy);
    if (peer->member.state == MEMBER_LEAVING)
        return err_set(err, -ETIMEDOUT,
                       "did not hear its own good-bye for %d ms; did the proxy end?", GOODBYE_MS);
    peer_leave(peer);
    return 0;
}

static void peer_leave(struct peer *peer)
{
    peer->items[ITEM_STOP].events = 0;
    peer->items[ITEM_CONTROL].events = 0; /* the other side may be gone: readable for ever */
    if (peer->member.state >= MEMBER_PARTING)
        return;
    member_leave(&peer->member);
    peer->deadline_ns = clock_now_ns() + (int64_t)GOODBYE_MS * CLOCK_NS_PER_MS;
    if (peer_options.immediate_exit)
        peer->member.state = MEMBER_GONE;
}

/* Of all threads, those that have ended too, which nobody can ask from outside. */
static int64_t switches(void)
{
    struct rusage used;
    return getrusage(RUSAGE_SELF, &used) == 0 ? used.ru_nvcsw + used.ru_nivcsw : 0;
}

static int peer_counters(const struct peer *peer, struct subject_counter *out)
{
    const struct member_counters *member = &peer->member.counters;
    const struct workers *workers = &peer->workers;
    const struct subject_counter all[] = {
        {"announces", member->announces},
        {"joins_heard", member->joins_heard},
        {"leaves_heard", member->leaves_heard},
        {"connects", member->connects},
        {"disconnects", member->disconnects},
        {"peers_max", member->peers_max},
        {"messages_heard", member->messages_heard},
        {"malformed", member->malformed},
        {"refused", member->refused},
        {"lost_blocks", peer->loss.blocks},
        {"lost_bytes", peer->loss.bytes},
        {"steps", peer->stepper.done},
        {"worker_threads", workers->started},
        {"worker_blocks_built", workers->built},
        {"worker_blocks_freed", workers->freed},
        {"worker_blocks_spoiled", workers->spoiled + workers->refused},
        {"session_blocks_live", peer->sessions.blocks_live + workers->built - workers->freed},
        {"session_bytes_requested_live",
         peer->sessions.bytes_requested_live + workers->bytes_requested_live},
        {"sessions_refused", peer->sessions.refused},
        {"context_switches", switches()},
        {"built_in_p50_ns", latency_quantile_ns(&workers->built_in, 0.50)},
        {"built_in_p99_ns", latency_quantile_ns(&workers->built_in, 0.99)},
    };
    _Static_assert(ARRAY_LENGTH(all) <= PEER_COUNTERS_MAX, "there is room for all of them");
    const int of_workers = 3, of_sessions = 3;
    int count = (int)ARRAY_LENGTH(all) - (peer_options.workers.count > 0 ? 0 : of_workers) -
                (peer_options.workers.session.blocks > 0 ? 0 : of_sessions);
    (void)memcpy(out, all, (size_t)count * sizeof *all);
    return count;
}

static void on_joined(void *context, const struct member_peer *newcomer)
{
    struct peer *peer = context;
    session_join(&peer->sessions, newcomer->uuid);
    if (peer->trouble.code == 0)
        (void)workers_join(&peer->workers, newcomer->uuid, &peer->trouble);
    if (peer_options.leak_bytes > 0)
        loss_make(&peer->loss, (size_t)peer_options.leak_bytes);
    if (!peer_options.quiet)
        (void)printf("joined  %s (%d known)\n", newcomer->endpoint, peer->member.peer_count);
}

static void on_left(void *context, const struct member_peer *leaver)
{
    struct peer *peer = context;
    session_leave(&peer->sessions, leaver->uuid);
    if (peer->trouble.code == 0)
        (void)workers_leave(&peer->workers, leaver->uuid, &peer->trouble);
    if (peer_options.drain->after_leave)
        peer_options.drain->after_leave(peer->member.sockets[MEMBER_DATA_PUB]);
    if (!peer_options.quiet)
        (void)printf("left    %s (%d known)\n", leaver->endpoint, peer->member.peer_count);
}
