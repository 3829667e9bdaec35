#include "crowd.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <zmq.h>

#include "cleanup.h"
#include "clock.h"

/* What an epoll event is about: the control channel, the monitor, or ABOUT_SOCKETS + a member's
 * index * MEMBER_SOCKETS + a socket of it. */
enum { ABOUT_CONTROL, ABOUT_MONITOR, ABOUT_SOCKETS };

enum { EVENTS_MAX = 64 };

#define MONITOR_ENDPOINT "inproc://handshakes"

typedef bool done_fn(const struct crowd *crowd, const struct member *member);

static int open_member(struct crowd *crowd, struct member *member, struct err *err);
static int open_monitor(struct crowd *crowd, struct member *member, struct err *err);
static void close_monitor(struct crowd *crowd, struct member *member);
static int step(struct crowd *crowd, struct member *member, done_fn *done, struct err *err);
static int turn(struct crowd *crowd, int timeout_ms, bool *out_request, struct err *err);
static void receive_pending(struct crowd *crowd);
static int watch(struct crowd *crowd, int fd, uint32_t events, uint32_t about, struct err *err);
static int watch_requests(struct crowd *crowd, bool on, struct err *err);
static int watch_socket(struct crowd *crowd, void *socket, uint32_t about, struct err *err);
static void receive_handshakes(struct crowd *crowd);
static done_fn has_joined, has_left;
static int present(const struct crowd *crowd);
static int handshakes(const struct member *member);
static bool is_outsider(void *context, const uuid_t uuid);

int crowd_open(struct crowd *crowd, const struct crowd_options *options, struct err *err)
{
    assert(options->peers > 0 && options->peers <= CROWD_PEERS_MAX);
    *crowd = (struct crowd){.options = *options};
    crowd->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (crowd->epoll_fd < 0)
        return err_set(err, -errno, "cannot make an epoll descriptor: %s", strerror(errno));
    crowd->members = calloc((size_t)options->peers, sizeof *crowd->members);
    int rc = crowd->members ? 0 : err_set(err, -ENOMEM, "no memory for %d peers", options->peers);
    if (rc == 0 && options->control_fd >= 0)
        rc = watch(crowd, options->control_fd, 0, ABOUT_CONTROL, err);
    if (rc < 0)
        crowd_close(crowd);
    return rc;
}

int crowd_join(struct crowd *crowd, int64_t *out_ns, struct err *err)
{
    if (crowd->resident == 0)
        crowd->left = 0;
    assert(crowd->left + crowd->resident < crowd->options.peers);
    crowd->step = "join";
    crowd->step_peer = crowd->left + crowd->resident;
    struct member *member = &crowd->members[crowd->step_peer];
    int64_t start_ns = clock_now_ns();
    int rc = open_member(crowd, member, err);
    if (rc == 0)
        rc = step(crowd, member, has_joined, err);
    int64_t end_ns = clock_now_ns();
    close_monitor(crowd, member);
    if (rc < 0)
        return rc;
    crowd->resident++;
    *out_ns = end_ns - start_ns;
    return 0;
}

int crowd_leave(struct crowd *crowd, struct err *err)
{
    assert(crowd->resident > 0);
    crowd->step = "leave";
    crowd->step_peer = crowd->left;
    struct member *member = &crowd->members[crowd->step_peer];
    member_leave(member);
    int rc = step(crowd, member, has_left, err);
    if (rc < 0)
        return rc;
    member_close(member);
    crowd->left++;
    crowd->resident--;
    return 0;
}

int crowd_say(struct crowd *crowd, int index, int64_t count, size_t size, struct err *err)
{
    assert(index < crowd->resident);
    AUTO_FREE char *bytes = calloc(1, size);
    if (!bytes)
        return err_set(err, -ENOMEM, "no memory for a message of %zu bytes", size);
    (void)memcpy(bytes, DATA_PREFIX, DATA_PREFIX_SIZE);
    for (int64_t i = 0; i < count; i++) {
        int rc = member_say(&crowd->members[crowd->left + index], bytes, size);
        if (rc < 0)
            return err_set(err, rc, "cannot send message %" PRId64 " of %" PRId64 ": %s", i + 1,
                           count, zmq_strerror(-rc));
    }
    return 0;
}

int crowd_idle(struct crowd *crowd, struct err *err)
{
    assert(crowd->options.control_fd >= 0);
    bool request = false;
    int rc = watch_requests(crowd, true, err);
    while (rc == 0 && !request)
        rc = turn(crowd, -1, &request, err);
    return rc < 0 ? rc : watch_requests(crowd, false, err);
}

void crowd_close(struct crowd *crowd)
{
    for (int i = 0; crowd->members && i < crowd->options.peers; i++)
        member_close(&crowd->members[i]);
    free(crowd->members);
    crowd->members = NULL;
    (void)close(crowd->epoll_fd);
}

static int open_member(struct crowd *crowd, struct member *member, struct err *err)
{
    struct member_options options = {
        .proxy = crowd->options.proxy,
        .port = MEMBER_PORT_ANY,
        .linger_ms = 0,
        .speaker = true,
        .hooks = {.context = crowd, .wants = crowd->options.mesh ? NULL : is_outsider},
    };
    int rc = member_open(member, &options, err);
    uint32_t about = ABOUT_SOCKETS + (uint32_t)(member - crowd->members) * MEMBER_SOCKETS;
    for (uint32_t i = 0; rc == 0 && i < MEMBER_SOCKETS; i++)
        rc = watch_socket(crowd, member->sockets[i], about + i, err);
    return rc < 0 ? rc : open_monitor(crowd, member, err);
}

static int open_monitor(struct crowd *crowd, struct member *member, struct err *err)
{
    const int no_linger = 0;
    if (zmq_socket_monitor(member->sockets[MEMBER_DATA_SUB], MONITOR_ENDPOINT,
                           ZMQ_EVENT_HANDSHAKE_SUCCEEDED) < 0)
        return err_set(err, -errno, "cannot monitor a socket: %s", zmq_strerror(errno));
    crowd->monitor = zmq_socket(member->context, ZMQ_PAIR);
    if (!crowd->monitor)
        return err_set(err, -errno, "cannot make a socket: %s", zmq_strerror(errno));
    (void)zmq_setsockopt(crowd->monitor, ZMQ_LINGER, &no_linger, sizeof no_linger);
    if (zmq_connect(crowd->monitor, MONITOR_ENDPOINT) < 0)
        return err_set(err, -errno, "cannot connect to a monitor: %s", zmq_strerror(errno));
    int rc = watch_socket(crowd, crowd->monitor, ABOUT_MONITOR, err);
    receive_handshakes(crowd); /* a pipe gives its first signal to a reader that found it empty */
    return rc;
}

static void close_monitor(struct crowd *crowd, struct member *member)
{
    if (!crowd->monitor)
        return;
    (void)zmq_socket_monitor(member->sockets[MEMBER_DATA_SUB], NULL, 0);
    (void)zmq_close(crowd->monitor);
    crowd->monitor = NULL;
}

/* Serve everybody until `member` is done. */
static int step(struct crowd *crowd, struct member *member, done_fn *done, struct err *err)
{
    int64_t deadline_ns = clock_now_ns() + crowd->options.step_deadline_ms * CLOCK_NS_PER_MS;
    receive_pending(crowd);
    while (!done(crowd, member)) {
        int left_ms = clock_left_ms(deadline_ns);
        if (left_ms == 0)
            return err_set(err, -ETIMEDOUT,
                           "not confirmed in %" PRId64 " ms: it is %s, knows %d peers of %d "
                           "present, shook hands with %d, is heard by %" PRId64,
                           crowd->options.step_deadline_ms, member_state_names[member->state],
                           member->peer_count, present(crowd), handshakes(member),
                           member->listeners);
        int rc = turn(crowd, left_ms, NULL, err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Wait, and let everybody take what has arrived. */
static int turn(struct crowd *crowd, int timeout_ms, bool *out_request, struct err *err)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(crowd->epoll_fd, events, EVENTS_MAX, timeout_ms);
    if (count < 0)
        return errno == EINTR ? 0 : err_set(err, -errno, "cannot poll: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        uint32_t about = events[i].data.u32;
        if (about >= ABOUT_SOCKETS) {
            uint32_t socket = about - ABOUT_SOCKETS;
            member_receive(&crowd->members[socket / MEMBER_SOCKETS],
                           (enum member_socket)(socket % MEMBER_SOCKETS));
        } else if (about == ABOUT_MONITOR) {
            receive_handshakes(crowd);
        } else if (events[i].events & EPOLLIN) {
            *out_request = true;
        } else {
            return err_set(err, -EPIPE, "the other side of the control channel is gone");
        }
    }
    receive_pending(crowd);
    return 0;
}

/* Until all descriptors can be trusted again. */
static void receive_pending(struct crowd *crowd)
{
    int open = crowd->left + crowd->resident + (crowd->monitor ? 1 : 0);
    for (int i = crowd->left; i < open; i++) {
        struct member *member = &crowd->members[i];
        while (member->pending)
            member_receive(member, (enum member_socket)__builtin_ctz(member->pending));
    }
}

static int watch(struct crowd *crowd, int fd, uint32_t events, uint32_t about, struct err *err)
{
    struct epoll_event event = {.events = events, .data.u32 = about};
    if (epoll_ctl(crowd->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
        return err_set(err, -errno, "cannot watch a descriptor: %s", strerror(errno));
    return 0;
}

/* In a step requests wait, and only the end of the channel, always reported, is an event. */
static int watch_requests(struct crowd *crowd, bool on, struct err *err)
{
    struct epoll_event event = {.events = on ? EPOLLIN : 0, .data.u32 = ABOUT_CONTROL};
    if (epoll_ctl(crowd->epoll_fd, EPOLL_CTL_MOD, crowd->options.control_fd, &event) < 0)
        return err_set(err, -errno, "cannot watch the control channel: %s", strerror(errno));
    return 0;
}

/* libzmq's descriptor goes with its socket, and epoll forgets it then. */
static int watch_socket(struct crowd *crowd, void *socket, uint32_t about, struct err *err)
{
    int fd = -1;
    size_t size = sizeof fd;
    if (zmq_getsockopt(socket, ZMQ_FD, &fd, &size) < 0)
        return err_set(err, -errno, "cannot watch a socket: %s", zmq_strerror(errno));
    return watch(crowd, fd, EPOLLIN, about, err);
}

/* An event is two frames: its number and value, and the endpoint connected to. */
static void receive_handshakes(struct crowd *crowd)
{
    struct member *joining = &crowd->members[crowd->step_peer];
    char endpoint[DISCOVERY_ENDPOINT_MAX];
    unsigned char event[6];
    while (zmq_recv(crowd->monitor, event, sizeof event, ZMQ_DONTWAIT) >= 0) {
        int size = zmq_recv(crowd->monitor, endpoint, sizeof endpoint, ZMQ_DONTWAIT);
        if (size < 0 || (size_t)size >= sizeof endpoint)
            continue;
        endpoint[size] = '\0';
        struct member_peer *peer = member_find_endpoint(joining, endpoint);
        if (peer)
            peer->handshaken = true;
    }
}

static bool has_joined(const struct crowd *crowd, const struct member *member)
{
    int wanted = present(crowd);
    if (member->state != MEMBER_JOINED || member->peer_count < wanted ||
        handshakes(member) < member->peer_count)
        return false;
    const struct member *resident = crowd->options.mesh ? &crowd->members[crowd->left] : member;
    for (; resident <= member; resident++) {
        if (resident->listeners < wanted)
            return false;
    }
    return true;
}

/* The listener that stays is itself. */
static bool has_left(const struct crowd *crowd, const struct member *member)
{
    (void)crowd;
    return member->state == MEMBER_GONE && member->listeners <= 1;
}

/* Whom the joining peer is to know: the residents, if they talk to each other, the long-lived peer
 * and itself. */
static int present(const struct crowd *crowd)
{
    return (crowd->options.mesh ? crowd->resident : 0) + 2;
}

static int handshakes(const struct member *member)
{
    int count = 0;
    for (int i = 0; i < member->peer_count; i++)
        count += member->peers[i].handshaken ? 1 : 0;
    return count;
}

static bool is_outsider(void *context, const uuid_t uuid)
{
    const struct crowd *crowd = context;
    for (int i = 0; i < crowd->options.peers; i++) {
        if (uuid_compare(crowd->members[i].uuid, uuid) == 0)
            return false;
    }
    return true;
}
