#include "member.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One wake-up takes at most this many messages of a socket, so that nobody starves the others. */
enum { RECEIVE_BATCH = 64 };

/* In libzmq since 4.3.3, in its header only with draft APIs: stop trying an endpoint that refuses
 * the connection, as a peer that was killed does for ever. Where it is unknown the setting fails
 * and retries cost a little CPU. */
enum { RECONNECT_STOP = 109, RECONNECT_STOP_CONN_REFUSED = 1 };

typedef void receive_fn(struct member *member, const unsigned char *bytes, size_t size);

static int open_sockets(struct member *member, const struct member_options *options,
                        struct err *err);
static int bind_data_pub(struct member *member, int port, struct err *err);
static receive_fn receive_data, receive_discovery, receive_proxy_subscription, receive_subscription;
static void touch(struct member *member, enum member_socket socket);
static void say(struct member *member, enum discovery_kind kind);
static void say_last_word(struct member *member);
static void hear_welcome(struct member *member, const struct discovery *welcome);
static void hear_connect(struct member *member, const struct discovery *newcomer);
static void hear_disconnect(struct member *member, const struct discovery *leaver);
static struct member_peer *find_uuid(struct member *member, const uuid_t uuid);
static struct member_peer *add_peer(struct member *member, const struct discovery *newcomer);
static void drop_peer(struct member *member, struct member_peer *peer);
static int receive(void *socket, unsigned char *buffer, size_t capacity, size_t *out_size);

int member_open(struct member *member, const struct member_options *options, struct err *err)
{
    (void)memset(member, 0, sizeof *member);
    member->hooks = options->hooks;
    member->speaker = options->speaker;
    uuid_generate(member->uuid);
    int rc = open_sockets(member, options, err);
    if (rc < 0)
        member_close(member);
    return rc;
}

void member_receive(struct member *member, enum member_socket socket)
{
    static receive_fn *const receivers[MEMBER_SOCKETS] = {
        [MEMBER_DATA_SUB] = receive_data,
        [MEMBER_PROXY_SUB] = receive_discovery,
        [MEMBER_PROXY_PUB] = receive_proxy_subscription,
        [MEMBER_DATA_PUB] = receive_subscription,
    };
    /* One byte more than the longest message that is looked at whole. */
    unsigned char bytes[DISCOVERY_SIZE + 1];
    size_t size = 0;
    member->pending &= ~(1U << socket);
    for (int i = 0; i < RECEIVE_BATCH; i++) {
        if (receive(member->sockets[socket], bytes, sizeof bytes, &size) < 0)
            return;
        receivers[socket](member, bytes, size);
    }
    touch(member, socket);
}

void member_leave(struct member *member)
{
    if (member->state == MEMBER_GREETING) {
        member->state = MEMBER_GONE;
    } else if (member->state < MEMBER_PARTING && member->has_spoken) {
        member->state = MEMBER_PARTING;
        say_last_word(member);
    } else if (member->state < MEMBER_PARTING) {
        member->state = MEMBER_LEAVING;
        say(member, DISCOVERY_DISCONNECT);
    }
}

int member_say(struct member *member, const void *bytes, size_t size)
{
    assert(member->speaker);
    assert(size >= DATA_PREFIX_SIZE && memcmp(bytes, DATA_PREFIX, DATA_PREFIX_SIZE) == 0);
    touch(member, MEMBER_DATA_PUB);
    member->has_spoken = true;
    return zmq_send(member->sockets[MEMBER_DATA_PUB], bytes, size, ZMQ_DONTWAIT) < 0 ? -errno : 0;
}

struct member_peer *member_find_endpoint(struct member *member, const char *endpoint)
{
    for (int i = 0; i < member->peer_count; i++) {
        if (strcmp(member->peers[i].endpoint, endpoint) == 0)
            return &member->peers[i];
    }
    return NULL;
}

void member_close(struct member *member)
{
    for (int i = 0; i < MEMBER_SOCKETS; i++) {
        if (member->sockets[i])
            (void)zmq_close(member->sockets[i]);
        member->sockets[i] = NULL;
    }
    while (member->context && zmq_ctx_term(member->context) < 0 && errno == EINTR)
        ;
    member->context = NULL;
}

static int open_sockets(struct member *member, const struct member_options *options,
                        struct err *err)
{
    const int types[MEMBER_SOCKETS] = {
        [MEMBER_DATA_SUB] = ZMQ_SUB,
        [MEMBER_PROXY_SUB] = ZMQ_SUB,
        [MEMBER_PROXY_PUB] = ZMQ_XPUB,
        [MEMBER_DATA_PUB] = options->speaker ? ZMQ_XPUB : ZMQ_PUB,
    };
    member->context = zmq_ctx_new();
    if (!member->context)
        return err_set(err, -errno, "cannot make a context: %s", zmq_strerror(errno));
    for (int i = 0; i < MEMBER_SOCKETS; i++) {
        member->sockets[i] = zmq_socket(member->context, types[i]);
        if (!member->sockets[i])
            return err_set(err, -errno, "cannot make a socket: %s", zmq_strerror(errno));
        /* At once and not at the end: a context whose sockets linger can hang in its end. */
        (void)zmq_setsockopt(member->sockets[i], ZMQ_LINGER, &options->linger_ms, sizeof(int));
    }

    const int stop = RECONNECT_STOP_CONN_REFUSED;
    (void)zmq_setsockopt(member->sockets[MEMBER_DATA_SUB], RECONNECT_STOP, &stop, sizeof stop);
    if (options->speaker) {
        const int on = 1, unlimited = 0;
        void *data_pub = member->sockets[MEMBER_DATA_PUB];
        (void)zmq_setsockopt(data_pub, ZMQ_XPUB_VERBOSER, &on, sizeof on);
        (void)zmq_setsockopt(data_pub, ZMQ_SNDHWM, &unlimited, sizeof unlimited);
    }
    (void)zmq_setsockopt(member->sockets[MEMBER_DATA_SUB], ZMQ_SUBSCRIBE, DATA_PREFIX,
                         DATA_PREFIX_SIZE);
    (void)zmq_setsockopt(member->sockets[MEMBER_PROXY_SUB], ZMQ_SUBSCRIBE, "", 0);

    int rc = bind_data_pub(member, options->port, err);
    if (rc < 0)
        return rc;
    if (zmq_connect(member->sockets[MEMBER_PROXY_SUB], options->proxy) < 0)
        return err_set(err, -errno, "cannot connect to the proxy at '%s': %s", options->proxy,
                       zmq_strerror(errno));
    member->pending = (1U << MEMBER_SOCKETS) - 1;
    return 0;
}

static int bind_data_pub(struct member *member, int port, struct err *err)
{
    char wanted[32] = "tcp://127.0.0.1:*";
    if (port != MEMBER_PORT_ANY)
        (void)snprintf(wanted, sizeof wanted, "tcp://127.0.0.1:%d", port);
    void *data_pub = member->sockets[MEMBER_DATA_PUB];
    if (zmq_bind(data_pub, wanted) < 0)
        return err_set(err, -errno, "cannot bind %s: %s; choose another --port, or 0 for any",
                       wanted, zmq_strerror(errno));
    size_t size = sizeof member->endpoint;
    if (zmq_getsockopt(data_pub, ZMQ_LAST_ENDPOINT, member->endpoint, &size) < 0)
        return err_set(err, -errno, "cannot learn where %s was bound: %s", wanted,
                       zmq_strerror(errno));
    return 0;
}

static void receive_data(struct member *member, const unsigned char *bytes, size_t size)
{
    /* It begins with DATA_PREFIX: the subscription lets nothing else through. */
    if (size != DATA_LAST_WORD_SIZE || bytes[DATA_PREFIX_SIZE] != DATA_LAST_WORD) {
        member->counters.messages_heard++;
        return;
    }
    struct member_peer *speaker = find_uuid(member, bytes + DATA_PREFIX_SIZE + 1);
    if (speaker && uuid_compare(speaker->uuid, member->uuid) != 0)
        drop_peer(member, speaker);
}

static void receive_discovery(struct member *member, const unsigned char *bytes, size_t size)
{
    struct discovery message;
    if (discovery_decode(bytes, size, &message) < 0) {
        member->counters.malformed++;
        return;
    }
    switch (message.kind) {
    case DISCOVERY_WELCOME:
        hear_welcome(member, &message);
        return;
    case DISCOVERY_CONNECT:
        hear_connect(member, &message);
        return;
    case DISCOVERY_DISCONNECT:
        hear_disconnect(member, &message);
        return;
    }
}

static void receive_proxy_subscription(struct member *member, const unsigned char *bytes,
                                       size_t size)
{
    if (size == 0 || bytes[0] != 1 || member->state >= MEMBER_PARTING)
        return;
    if (member->state == MEMBER_GREETING)
        member->state = MEMBER_ANNOUNCED;
    say(member, DISCOVERY_CONNECT);
}

static void receive_subscription(struct member *member, const unsigned char *bytes, size_t size)
{
    const int myself = 1;
    if (size > 0)
        member->listeners += bytes[0] == 1 ? 1 : -1;
    if (member->state == MEMBER_PARTING && member->listeners <= myself) {
        member->state = MEMBER_LEAVING;
        say(member, DISCOVERY_DISCONNECT);
    }
}

static void touch(struct member *member, enum member_socket socket)
{
    member->pending |= 1U << socket;
}

static void say(struct member *member, enum discovery_kind kind)
{
    touch(member, MEMBER_PROXY_PUB);
    struct discovery message = {.kind = kind};
    uuid_copy(message.uuid, member->uuid);
    (void)memcpy(message.endpoint, member->endpoint, sizeof message.endpoint);
    unsigned char bytes[DISCOVERY_SIZE];
    discovery_encode(&message, bytes);
    if (zmq_send(member->sockets[MEMBER_PROXY_PUB], bytes, sizeof bytes, ZMQ_DONTWAIT) >= 0 &&
        kind == DISCOVERY_CONNECT)
        member->counters.announces++;
}

static void say_last_word(struct member *member)
{
    unsigned char bytes[DATA_LAST_WORD_SIZE] = DATA_PREFIX;
    bytes[DATA_PREFIX_SIZE] = DATA_LAST_WORD;
    (void)memcpy(bytes + DATA_PREFIX_SIZE + 1, member->uuid, sizeof member->uuid);
    (void)member_say(member, bytes, sizeof bytes);
}

static void hear_welcome(struct member *member, const struct discovery *welcome)
{
    void *proxy_pub = member->sockets[MEMBER_PROXY_PUB];
    if (strcmp(member->proxy_endpoint, welcome->endpoint) == 0)
        return;
    touch(member, MEMBER_PROXY_PUB);
    if (member->proxy_endpoint[0] != '\0')
        (void)zmq_disconnect(proxy_pub, member->proxy_endpoint);
    member->proxy_endpoint[0] = '\0';
    if (zmq_connect(proxy_pub, welcome->endpoint) < 0)
        member->counters.refused++;
    else
        (void)memcpy(member->proxy_endpoint, welcome->endpoint, sizeof member->proxy_endpoint);
}

static void hear_connect(struct member *member, const struct discovery *newcomer)
{
    member->counters.joins_heard++;
    if (member->state != MEMBER_ANNOUNCED && member->state != MEMBER_JOINED)
        return;
    if (find_uuid(member, newcomer->uuid))
        return;
    bool myself = uuid_compare(newcomer->uuid, member->uuid) == 0;
    const struct member_hooks *hooks = &member->hooks;
    if (!myself && hooks->wants && !hooks->wants(hooks->context, newcomer->uuid))
        return;
    const struct member_peer *peer = add_peer(member, newcomer);
    if (!peer) {
        member->counters.refused++;
        return;
    }
    if (myself) {
        member->state = MEMBER_JOINED;
        return;
    }
    say(member, DISCOVERY_CONNECT);
    if (hooks->joined)
        hooks->joined(hooks->context, peer);
}

static void hear_disconnect(struct member *member, const struct discovery *leaver)
{
    if (uuid_compare(leaver->uuid, member->uuid) == 0) {
        if (member->state == MEMBER_LEAVING)
            member->state = MEMBER_GONE;
        return;
    }
    member->counters.leaves_heard++;
    struct member_peer *peer = find_uuid(member, leaver->uuid);
    if (peer)
        drop_peer(member, peer);
}

static struct member_peer *find_uuid(struct member *member, const uuid_t uuid)
{
    for (int i = 0; i < member->peer_count; i++) {
        if (uuid_compare(member->peers[i].uuid, uuid) == 0)
            return &member->peers[i];
    }
    return NULL;
}

/* Connect to the newcomer, or to oneself. NULL: refused. */
static struct member_peer *add_peer(struct member *member, const struct discovery *newcomer)
{
    bool myself = uuid_compare(newcomer->uuid, member->uuid) == 0;
    if (myself != (strcmp(newcomer->endpoint, member->endpoint) == 0))
        return NULL;
    /* A port used again by the next peer after one that was killed: libzmq would take the second
     * connection to an endpoint for the first one. */
    struct member_peer *former = member_find_endpoint(member, newcomer->endpoint);
    if (former)
        drop_peer(member, former);
    if (member->peer_count == MEMBER_PEERS_MAX)
        return NULL;
    touch(member, MEMBER_DATA_SUB);
    if (zmq_connect(member->sockets[MEMBER_DATA_SUB], newcomer->endpoint) < 0)
        return NULL;
    member->counters.connects++;
    struct member_peer *peer = &member->peers[member->peer_count++];
    *peer = (struct member_peer){.handshaken = false};
    uuid_copy(peer->uuid, newcomer->uuid);
    (void)memcpy(peer->endpoint, newcomer->endpoint, sizeof peer->endpoint);
    if (member->peer_count > member->counters.peers_max)
        member->counters.peers_max = member->peer_count;
    return peer;
}

static void drop_peer(struct member *member, struct member_peer *peer)
{
    touch(member, MEMBER_DATA_SUB);
    /* ENOENT: the endpoint had refused us and libzmq gave it up by itself. */
    (void)zmq_disconnect(member->sockets[MEMBER_DATA_SUB], peer->endpoint);
    member->counters.disconnects++;
    struct member_peer gone = *peer;
    *peer = member->peers[--member->peer_count];
    if (member->hooks.left)
        member->hooks.left(member->hooks.context, &gone);
}

/*
 * One message without waiting: 0 and its length, -errno when there is none. A message longer than
 * `capacity` is cut and has the length `capacity`; of one in several parts, which the protocol does
 * not know, nothing is kept (length 0).
 */
static int receive(void *socket, unsigned char *buffer, size_t capacity, size_t *out_size)
{
    int size = zmq_recv(socket, buffer, capacity, ZMQ_DONTWAIT);
    if (size < 0)
        return -errno;
    int more = 0;
    size_t more_size = sizeof more;
    *out_size = (size_t)size < capacity ? (size_t)size : capacity;
    (void)zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_size);
    while (more) {
        *out_size = 0;
        if (zmq_recv(socket, buffer, capacity, ZMQ_DONTWAIT) < 0)
            break;
        (void)zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_size);
    }
    return 0;
}

const char *const member_state_names[] = {
    [MEMBER_GREETING] = "greeting", [MEMBER_ANNOUNCED] = "announced", [MEMBER_JOINED] = "joined",
    [MEMBER_PARTING] = "parting",   [MEMBER_LEAVING] = "leaving",     [MEMBER_GONE] = "gone",
};
