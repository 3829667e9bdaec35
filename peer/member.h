/*
 * member: one party of the discovery protocol, as the long-lived peer and each virtual peer of the
 * churner are. It owns a context and four sockets, and never blocks: the caller polls and calls.
 *
 *     proxy_sub   SUB   hears welcomes and all discovery messages from the proxy
 *     proxy_pub   XPUB  publishes own discovery messages to the proxy
 *     data_pub    PUB   bound to an endpoint of its own, which it announces
 *     data_sub    SUB   connected to the data_pub of every known peer, itself included
 *
 *                member_open()
 *                     |
 *     GREETING  waits for the proxy's welcome, then connects proxy_pub where it says
 *                     |  the proxy has subscribed: proxy_pub is an XPUB so that this is an event,
 *                     |  a message sent earlier would be lost
 *     ANNOUNCED       own C sent, not yet heard. From here on C messages are answered: to an
 *                     |  unknown peer it connects, and says its own C so that it is known there
 *     JOINED          own C heard, connected to itself
 *                     |  member_leave()
 *     PARTING         only who has published data: says its last word on data_pub, and waits until
 *                     |  everybody has disconnected, which is after they heard all before it; a D
 *                     |  takes another way and could overtake the data
 *     LEAVING         own D sent; C is ignored, or the others would connect to somebody leaving
 *                     |
 *     GONE            own D heard: the proxy has sent it to everybody
 *
 * C before ANNOUNCED and after JOINED being ignored, and each C being sent for exactly one reason,
 * make the number of messages a function of who joins and leaves in which order. A proxy that was
 * started anew welcomes and subscribes again, and is told again.
 *
 * The table of peers is inside the struct and bounded: members are big, make them static or heap.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zmq.h>

#include "discovery.h"
#include "err.h"

enum { MEMBER_PEERS_MAX = 1024, MEMBER_PORT_ANY = 0 };

enum member_state {
    MEMBER_GREETING,
    MEMBER_ANNOUNCED,
    MEMBER_JOINED,
    MEMBER_PARTING,
    MEMBER_LEAVING,
    MEMBER_GONE,
};

/* "greeting", "announced", ...: for sentences. */
extern const char *const member_state_names[];

/* Exact work, checked against closed formulas by whoever knows the load. */
struct member_counters {
    int64_t announces;      /* own C sent */
    int64_t joins_heard;    /* C heard, own and repeated ones included */
    int64_t leaves_heard;   /* D of others heard */
    int64_t connects;       /* zmq_connect() to peers, itself included */
    int64_t disconnects;    /* zmq_disconnect() from peers */
    int64_t peers_max;      /* largest number of peers known at once, itself included */
    int64_t messages_heard; /* data messages */
    int64_t malformed;      /* dropped: not what the protocol knows */
    int64_t refused;        /* dropped: table full, own endpoint claimed, or cannot connect */
};

struct member_peer {
    uuid_t uuid;
    char endpoint[DISCOVERY_ENDPOINT_MAX];
    bool handshaken; /* for the caller, who may watch data_sub */
};

/* Called for others, never for the member itself. Every function may be NULL. */
struct member_hooks {
    bool (*wants)(void *context, const uuid_t uuid); /* false: ignore this newcomer's C */
    void (*joined)(void *context, const struct member_peer *peer);
    void (*left)(void *context, const struct member_peer *peer);
    void *context;
};

struct member_options {
    const char *proxy; /* endpoint the proxy's XPUB is bound to */
    int port;          /* for data_pub on 127.0.0.1, or MEMBER_PORT_ANY */
    int linger_ms;     /* of all sockets; -1: for ever */
    bool speaker;      /* data_pub is an XPUB, never drops, knows who listens; for member_say() */
    struct member_hooks hooks;
};

/*
 * Callers either zmq_poll() the sockets, or wait for their ZMQ_FDs: that is one system call for
 * many members instead of one for each socket. Then `pending` matters: the descriptor of a socket
 * in it may stay silent although there is something to receive, since any call on a socket can take
 * the signal away.
 */
enum member_socket {
    MEMBER_DATA_SUB, /* first: what a peer said is heard before its good-bye is */
    MEMBER_PROXY_SUB,
    MEMBER_PROXY_PUB,
    MEMBER_DATA_PUB, /* last, so that a poll set may leave it out */
    MEMBER_SOCKETS
};

struct member {
    enum member_state state;
    void *context;
    void *sockets[MEMBER_SOCKETS];
    unsigned pending; /* 1 << socket for each that member_receive() is to be called for */
    uuid_t uuid;
    char endpoint[DISCOVERY_ENDPOINT_MAX];       /* of data_pub */
    char proxy_endpoint[DISCOVERY_ENDPOINT_MAX]; /* of the proxy's XSUB; "" before the welcome */
    struct member_peer peers[MEMBER_PEERS_MAX];
    int peer_count;
    bool speaker;
    bool has_spoken;
    int64_t listeners; /* subscribers of data_pub, itself included; counted for a speaker */
    struct member_counters counters;
    struct member_hooks hooks;
};

/* Zeroed is closed. -EADDRINUSE, -EINVAL (proxy endpoint) or what libzmq gave. */
int member_open(struct member *member, const struct member_options *options, struct err *err);

/* Take what has arrived at one socket, at most a bounded number of messages. */
void member_receive(struct member *member, enum member_socket socket);

/* Say good-bye. GONE at once when it has never announced itself. */
void member_leave(struct member *member);

/* A speaker publishes one data message of `size` bytes, which begin with DATA_PREFIX and then, if
 * they go on, a byte that is not DATA_LAST_WORD. 0 or -errno. */
int member_say(struct member *member, const void *bytes, size_t size);

/* The known peer at this endpoint, or NULL. */
struct member_peer *member_find_endpoint(struct member *member, const char *endpoint);

/* Close everything and end the context; also a half-opened or closed member. */
void member_close(struct member *member);
