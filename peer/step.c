#include "step.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"

enum { ADDRESS_SIZE = 32 };

/* A step that takes longer has lost something. */
static const int64_t step_ns = 5LL * CLOCK_NS_PER_S;

static int fail(struct err *err, const char *what)
{
    return err_set(err, -errno, "%s: %s", what, zmq_strerror(errno));
}

/* An own one each time: a closed socket gives its address back some time later. */
static void new_address(char *out)
{
    static unsigned number;
    (void)snprintf(out, ADDRESS_SIZE, "inproc://step-%u", number++);
}

/* Receive at one socket until `counter` has reached `goal`. */
static int await(struct member *member, enum member_socket socket, const int64_t *counter,
                 int64_t goal, struct err *err)
{
    int64_t deadline_ns = clock_now_ns() + step_ns;
    zmq_pollitem_t item = {.socket = member->sockets[socket], .events = ZMQ_POLLIN};
    while (*counter < goal) {
        if (clock_now_ns() > deadline_ns)
            return err_set(err, -ETIMEDOUT, "what the step sent did not come back");
        if (zmq_poll(&item, 1, clock_left_ms(deadline_ns)) > 0)
            member_receive(member, socket);
    }
    return 0;
}

/* Wait for the first event at a monitor's socket. */
static int await_event(void *monitor, struct err *err)
{
    zmq_pollitem_t item = {.socket = monitor, .events = ZMQ_POLLIN};
    char part[64];
    if (zmq_poll(&item, 1, (int)(step_ns / CLOCK_NS_PER_MS)) <= 0)
        return err_set(err, -ETIMEDOUT, "the handshake did not succeed in time");
    for (int more = 1; more;) { /* event, then address */
        size_t size = sizeof more;
        if (zmq_recv(monitor, part, sizeof part, 0) < 0 ||
            zmq_getsockopt(monitor, ZMQ_RCVMORE, &more, &size) < 0)
            return fail(err, "monitor");
    }
    return 0;
}

/* A subscriber comes to the own PUB socket, and goes. */
static int connect_once(struct member *member, struct err *err)
{
    const int linger_ms = 0;
    char watch[ADDRESS_SIZE];
    new_address(watch);
    void *subscriber = zmq_socket(member->context, ZMQ_SUB);
    void *monitor = zmq_socket(member->context, ZMQ_PAIR);
    int code = 0;
    if (!subscriber || !monitor ||
        zmq_setsockopt(subscriber, ZMQ_LINGER, &linger_ms, sizeof linger_ms) < 0 ||
        zmq_setsockopt(monitor, ZMQ_LINGER, &linger_ms, sizeof linger_ms) < 0 ||
        zmq_socket_monitor(subscriber, watch, ZMQ_EVENT_HANDSHAKE_SUCCEEDED) < 0 ||
        zmq_connect(monitor, watch) < 0 || zmq_connect(subscriber, member->endpoint) < 0)
        code = fail(err, "connect");
    if (code == 0)
        code = await_event(monitor, err);
    if (subscriber) {
        (void)zmq_socket_monitor(subscriber, NULL, 0);
        (void)zmq_close(subscriber);
    }
    if (monitor)
        (void)zmq_close(monitor);
    return code;
}

/* The own announcement goes to the proxy and comes back. */
static int announce_once(struct member *member, struct err *err)
{
    struct discovery message = {.kind = DISCOVERY_CONNECT};
    unsigned char bytes[DISCOVERY_SIZE];
    int64_t goal = member->counters.joins_heard + 1;
    uuid_copy(message.uuid, member->uuid);
    (void)memcpy(message.endpoint, member->endpoint, sizeof message.endpoint);
    discovery_encode(&message, bytes);
    if (zmq_send(member->sockets[MEMBER_PROXY_PUB], bytes, sizeof bytes, 0) < 0)
        return fail(err, "announce");
    return await(member, MEMBER_PROXY_SUB, &member->counters.joins_heard, goal, err);
}

/* A message goes out at the own PUB socket and comes in at the own SUB socket. */
static int message_once(struct member *member, struct err *err)
{
    static const char bytes[64] = DATA_PREFIX;
    int64_t goal = member->counters.messages_heard + 1;
    if (zmq_send(member->sockets[MEMBER_DATA_PUB], bytes, sizeof bytes, 0) < 0)
        return fail(err, "message");
    return await(member, MEMBER_DATA_SUB, &member->counters.messages_heard, goal, err);
}

/* The own PUB socket is monitored, and no longer. */
static int monitor_once(struct member *member, struct err *err)
{
    const int linger_ms = 0;
    char watch[ADDRESS_SIZE];
    new_address(watch);
    void *socket = member->sockets[MEMBER_DATA_PUB];
    void *monitor = zmq_socket(member->context, ZMQ_PAIR);
    int code = 0;
    if (!monitor || zmq_setsockopt(monitor, ZMQ_LINGER, &linger_ms, sizeof linger_ms) < 0 ||
        zmq_socket_monitor(socket, watch, ZMQ_EVENT_ALL) < 0 || zmq_connect(monitor, watch) < 0)
        code = fail(err, "monitor");
    (void)zmq_socket_monitor(socket, NULL, 0);
    if (monitor)
        (void)zmq_close(monitor);
    return code;
}

/* A context with a socket, beside the peer's own. */
static int context_once(struct member *member, struct err *err)
{
    (void)member;
    void *context = zmq_ctx_new();
    void *socket = context ? zmq_socket(context, ZMQ_SUB) : NULL;
    int code = socket ? 0 : fail(err, "context");
    if (socket)
        (void)zmq_close(socket);
    if (context)
        (void)zmq_ctx_term(context);
    return code;
}

static const struct step steps[] = {
    {"connect-only", "a subscriber connects to the own PUB socket and leaves", connect_once},
    {"announce-only", "an announcement goes to the proxy and comes back", announce_once},
    {"message-only", "a message goes out at the PUB and comes in at the SUB socket", message_once},
    {"monitor-only", "the PUB socket is monitored and no longer", monitor_once},
    {"context-only", "a second context with a socket is made and ended", context_once},
    {.name = NULL},
};

const struct step *step_find(const char *name)
{
    for (const struct step *step = steps; step->name; step++)
        if (strcmp(step->name, name) == 0)
            return step;
    return NULL;
}

int stepper_begin(struct stepper *stepper, const struct control_line *request, struct err *err)
{
    char name[64];
    if (control_get(request, "name", name, sizeof name) < 0 ||
        control_get_i64(request, "count", &stepper->left) < 0 || stepper->left < 1 ||
        !(stepper->step = step_find(name)))
        return err_set(err, -EPROTO, "the driver asked for a step that is not known");
    return 0;
}

int stepper_turn(struct stepper *stepper, struct member *member, int control_fd, struct err *err)
{
    static struct control_line done;
    int rc = stepper->step->run(member, err);
    if (rc < 0)
        return err_wrap(err, "%s", stepper->step->name);
    stepper->done++;
    if (--stepper->left > 0)
        return 0;
    stepper->step = NULL;
    control_begin(&done, "stepped");
    (void)control_send(control_fd, &done);
    return 0;
}
