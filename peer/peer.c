/*
 * peer: the long-lived discovery peer whose memory is measured; started by hand also the
 * short-lived one. The protocol is member.h, the policies are drain.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocator.h"
#include "cleanup.h"
#include "clock.h"
#include "drain.h"
#include "err.h"
#include "loss.h"
#include "member.h"
#include "memory_stream.h"
#include "option.h"
#include "session.h"
#include "step.h"
#include "stop.h"
#include "subject.h"

static struct env {
    const char *proxy;
    int64_t port;
    int64_t life_ns; /* 0: until told to leave */
    const struct drain *drain;
    int64_t linger_ms;
    bool immediate_exit;
    bool identify;
    bool quiet;
    int64_t leak_bytes;
    struct session_options session;
    int64_t seed;
} env = {
    .proxy = "tcp://127.0.0.1:5600",
    .drain = drain_policies,
    .session = {.min_bytes = 16, .max_bytes = 65536, .outlive_cycles = 8},
    .seed = 1,
};

static const char doc[] =
    "A peer of the discovery protocol of libzmq issue 3186.\n"
    "\n"
    "It binds a PUB socket, hears from the proxy where to publish, announces its endpoint, "
    "connects "
    "to every peer it hears of (itself included) and answers newcomers. It stays until it is told "
    "to leave (SIGINT, SIGTERM, --seconds), says good-bye, waits to hear that, closes everything "
    "and returns from main.\n"
    "\n"
    "Each allocator has a program of its own, peer-NAME, linked from the same object files; at its "
    "start it proves which allocator serves it."
    "\v"
    "EXAMPLES\n"
    "  proxy-glibc &                        the proxy at its well-known address\n"
    "  peer-glibc --long-lived &            watch it while others come and go\n"
    "  peer-glibc --seconds 5               one that comes and goes\n"
    "  peer-jemalloc --drain pollset        the same with the cure of issue 3186\n"
    "  peer-glibc --leak-bytes 64           lose 64 bytes per newcomer on purpose\n"
    "  peer-glibc --session-blocks 100 --session-outlive-percent 10\n"
    "                                       keep state for each peer that is there\n"
    "\n"
    "EXIT STATUS\n"
    "  0 left properly; 2 wrong options; 3 could not: port in use, no proxy, good-bye not heard; "
    "99 another allocator than its name says\n";

enum {
    KEY_PROXY = 256,
    KEY_PORT,
    KEY_SECONDS,
    KEY_LONG_LIVED,
    KEY_DRAIN,
    KEY_LINGER,
    KEY_IMMEDIATE_EXIT,
    KEY_LEAK_BYTES,
    KEY_SESSION_BLOCKS,
    KEY_SESSION_MIN,
    KEY_SESSION_MAX,
    KEY_SESSION_OUTLIVE_PERCENT,
    KEY_SESSION_OUTLIVE_CYCLES,
    KEY_SEED,
    KEY_IDENTIFY,
    KEY_QUIET,
};

static const struct argp_option options[] = {
    {"proxy", KEY_PROXY, "ENDPOINT", 0, "Where the proxy is (tcp://127.0.0.1:5600)", 1},
    {"port", KEY_PORT, "N", 0, "Port on 127.0.0.1 for the own PUB; 0: the system chooses (0)", 1},
    {"seconds", KEY_SECONDS, "S", 0, "Leave after S seconds, 0.5 for instance", 2},
    {"long-lived", KEY_LONG_LIVED, NULL, 0, "Stay until told to leave (default)", 2},
    {"immediate-exit", KEY_IMMEDIATE_EXIT, NULL, 0, "Do not wait to hear the own good-bye", 2},
    {"linger", KEY_LINGER, "MS", 0, "ZMQ_LINGER of all sockets; -1: for ever (0)", 2},
    {"drain", KEY_DRAIN, "POLICY", 0, "How the idle data socket is drained, see below (none)", 3},
    {"leak-bytes", KEY_LEAK_BYTES, "B", 0, "Lose a block of B bytes per newcomer (0)", 4},
    {"session-blocks", KEY_SESSION_BLOCKS, "N", 0, "Blocks allocated per newcomer (0)", 4},
    {"session-min", KEY_SESSION_MIN, "B", 0, "Smallest block in bytes (16)", 4},
    {"session-max", KEY_SESSION_MAX, "B", 0, "Largest block in bytes (65536)", 4},
    {"session-outlive-percent", KEY_SESSION_OUTLIVE_PERCENT, "P", 0,
     "Percent of the blocks that stay when their peer leaves (0)", 4},
    {"session-outlive-cycles", KEY_SESSION_OUTLIVE_CYCLES, "C", 0,
     "until C further peers have left (8)", 4},
    {"seed", KEY_SEED, "N", 0, "Seed of the block sizes (1)", 4},
    {"identify", KEY_IDENTIFY, NULL, 0, "Print the allocator that serves it and its version", 5},
    {"quiet", KEY_QUIET, NULL, 0, "Do not print who joins and leaves", 5},
    {0},
};

/* The options that are a number. */
static const struct option_number numbers[] = {
    {KEY_PORT, "port", 0, 65535, &env.port},
    {KEY_LINGER, "linger", -1, 3600 * 1000, &env.linger_ms},
    {KEY_LEAK_BYTES, "leak-bytes", 0, 1 << 30, &env.leak_bytes},
    {KEY_SESSION_BLOCKS, "session-blocks", 0, SESSION_BLOCKS_MAX, &env.session.blocks},
    {KEY_SESSION_MIN, "session-min", 1, 1 << 30, &env.session.min_bytes},
    {KEY_SESSION_MAX, "session-max", 1, 1 << 30, &env.session.max_bytes},
    {KEY_SESSION_OUTLIVE_PERCENT, "session-outlive-percent", 0, 100, &env.session.outlive_percent},
    {KEY_SESSION_OUTLIVE_CYCLES, "session-outlive-cycles", 0, SESSION_CYCLES_MAX,
     &env.session.outlive_cycles},
    {KEY_SEED, "seed", 0, INT64_MAX, &env.seed},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    if (option_number(state, numbers, key, arg))
        return 0;
    switch (key) {
    case KEY_PROXY:
        env.proxy = arg;
        return 0;
    case KEY_SECONDS:
        env.life_ns = option_seconds_ns(state, "seconds", arg);
        return 0;
    case KEY_LONG_LIVED:
        env.life_ns = 0;
        return 0;
    case KEY_DRAIN:
        env.drain = drain_find(arg);
        if (!env.drain)
            argp_error(state, "--drain: no policy '%s'; --help lists them", arg);
        return 0;
    case KEY_IMMEDIATE_EXIT:
        env.immediate_exit = true;
        return 0;
    case KEY_IDENTIFY:
        env.identify = true;
        return 0;
    case KEY_QUIET:
        env.quiet = true;
        return 0;
    case ARGP_KEY_END:
        if (env.session.max_bytes < env.session.min_bytes)
            argp_error(state, "--session-max is smaller than --session-min");
        env.session.seed = (uint64_t)env.seed;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The policies, from their table, stand behind the rest of the help. */
static char *add_policies(int key, const char *text, void *input)
{
    (void)input;
    struct memory_stream memory;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)(uintptr_t)text;
    FILE *out = memory_stream_open(&memory);
    (void)fprintf(out, "%s\nDRAIN POLICIES\n", text);
    drain_describe(out);
    return memory_stream_close(&memory);
}

/* How long the own good-bye may take to come back. */
enum { GOODBYE_MS = 5000 };

enum item { ITEM_CONTROL, ITEM_STOP, ITEM_SOCKETS, ITEM_COUNT = ITEM_SOCKETS + MEMBER_SOCKETS };

struct peer {
    struct subject subject;
    struct member member;
    struct sessions sessions;
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

enum { PEER_COUNTERS_MAX = 16 };

int main(int argc, char **argv)
{
    static const struct argp argp = {options, parse_option, NULL, doc, NULL, add_policies, NULL};
    static struct peer peer; /* too big for a stack, and no allocation of its own */
    option_parse(&argp, argc, argv);
    if (subject_open(&peer.subject, "peer") < 0)
        return SUBJECT_EXIT_REFUSED;
    if (env.identify)
        return print_allocator();

    struct err err = ERR_INIT;
    int rc = peer_open(&peer, &err);
    if (rc == 0)
        rc = peer_run(&peer, &err);
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
    env.quiet = env.quiet || peer->subject.fd >= 0;
    if (env.life_ns > 0)
        peer->deadline_ns = clock_now_ns() + env.life_ns;
    int stop_fd = stop_fd_open();
    if (stop_fd < 0)
        return err_set(err, stop_fd, "cannot wait for signals: %s", strerror(-stop_fd));
    int rc = session_open(&peer->sessions, &env.session, err);
    if (rc < 0)
        return rc;
    struct member_options member = {
        .proxy = env.proxy,
        .port = (int)env.port,
        .linger_ms = (int)env.linger_ms,
        .hooks = {.joined = on_joined, .left = on_left, .context = peer},
    };
    rc = member_open(&peer->member, &member, err);
    if (rc < 0)
        return rc;

    peer->items[ITEM_CONTROL] = (zmq_pollitem_t){.fd = peer->subject.fd, .events = ZMQ_POLLIN};
    peer->items[ITEM_STOP] = (zmq_pollitem_t){.fd = stop_fd, .events = ZMQ_POLLIN};
    for (int i = 0; i < MEMBER_SOCKETS; i++)
        peer->items[ITEM_SOCKETS + i] =
            (zmq_pollitem_t){.socket = peer->member.sockets[i], .events = ZMQ_POLLIN};
    peer->item_count = ITEM_COUNT - (env.drain->in_poll_set ? 0 : 1); /* MEMBER_DATA_PUB is last */
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
        if (!peer->ready && peer->member.state == MEMBER_JOINED) {
            peer->ready = true;
            subject_ready(&peer->subject, peer->member.endpoint);
            if (!env.quiet)
                (void)printf("ready   %s\n", peer->member.endpoint);
        }
        int rc = peer_requests(peer, err);
        if (rc == 0)
            rc = peer_deadline(peer, err);
        if (rc < 0)
            return rc;
        if (!env.quiet)
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
    if (env.drain->each_turn)
        env.drain->each_turn(peer->member.sockets[MEMBER_DATA_PUB]);
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
        if (env.drain->after_leave)
            env.drain->after_leave(peer->member.sockets[MEMBER_DATA_PUB]);
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
                       env.proxy);
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
    if (env.immediate_exit)
        peer->member.state = MEMBER_GONE;
}

static int peer_counters(const struct peer *peer, struct subject_counter *out)
{
    const struct member_counters *member = &peer->member.counters;
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
        {"session_blocks_live", peer->sessions.blocks_live},
        {"session_bytes_requested_live", peer->sessions.bytes_requested_live},
        {"sessions_refused", peer->sessions.refused},
    };
    const int session_counters = 3;
    int count = (int)ARRAY_LENGTH(all) - (env.session.blocks > 0 ? 0 : session_counters);
    (void)memcpy(out, all, (size_t)count * sizeof *all);
    return count;
}

static void on_joined(void *context, const struct member_peer *newcomer)
{
    struct peer *peer = context;
    session_join(&peer->sessions, newcomer->uuid);
    if (env.leak_bytes > 0)
        loss_make(&peer->loss, (size_t)env.leak_bytes);
    if (!env.quiet)
        (void)printf("joined  %s (%d known)\n", newcomer->endpoint, peer->member.peer_count);
}

static void on_left(void *context, const struct member_peer *leaver)
{
    struct peer *peer = context;
    session_leave(&peer->sessions, leaver->uuid);
    if (env.drain->after_leave)
        env.drain->after_leave(peer->member.sockets[MEMBER_DATA_PUB]);
    if (!env.quiet)
        (void)printf("left    %s (%d known)\n", leaver->endpoint, peer->member.peer_count);
}
