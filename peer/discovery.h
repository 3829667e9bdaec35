/*
 * discovery: the messages by which peers find each other, as bytes and as a struct. Pure.
 *
 * One fixed format serves all three kinds; every byte is defined:
 *
 *     offset  size
 *          0     4   "HCD1": magic and version
 *          4     1   kind: 'W', 'C' or 'D'
 *          5    16   uuid of the peer; zeros in a welcome
 *         21   128   endpoint, padded with NUL, at least one
 *
 * A discovery message is data from a stranger. Anything that is not exactly this is refused, and so
 * is an endpoint that could make the reader do more than connect to an address: only tcp:// with a
 * numeric IPv4 address and port (a name would be looked up in the I/O thread), and ipc:// with a
 * printable path.
 *
 * Data messages, on the peers' own sockets, begin with DATA_PREFIX. What follows is not looked at,
 * but for the last word of a peer: the byte DATA_LAST_WORD and its uuid.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <uuid/uuid.h>

#define DATA_PREFIX "HCM1"

enum {
    DATA_PREFIX_SIZE = sizeof DATA_PREFIX - 1,
    DATA_LAST_WORD = '!',
    DATA_LAST_WORD_SIZE = DATA_PREFIX_SIZE + 1 + sizeof(uuid_t),
    DISCOVERY_ENDPOINT_MAX = 128, /* with the terminating NUL */
    DISCOVERY_SIZE = 4 + 1 + sizeof(uuid_t) + DISCOVERY_ENDPOINT_MAX,
};

enum discovery_kind {
    DISCOVERY_WELCOME = 'W',    /* proxy to each subscriber: publish to this endpoint */
    DISCOVERY_CONNECT = 'C',    /* a peer is here: subscribe to this endpoint */
    DISCOVERY_DISCONNECT = 'D', /* that peer is leaving */
};

struct discovery {
    enum discovery_kind kind;
    uuid_t uuid;
    char endpoint[DISCOVERY_ENDPOINT_MAX];
};

/* The message must be valid (assert). */
void discovery_encode(const struct discovery *message, unsigned char out_bytes[DISCOVERY_SIZE]);

/* 0, or -EPROTO when the bytes are no discovery message. */
int discovery_decode(const void *bytes, size_t size, struct discovery *out_message);

/* May a peer connect to it? */
bool discovery_endpoint_valid(const char *endpoint);
