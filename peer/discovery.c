#include "discovery.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/un.h>

static const char magic[4] = {'H', 'C', 'D', '1'};

enum {
    KIND_AT = sizeof magic,
    UUID_AT = KIND_AT + 1,
    ENDPOINT_AT = UUID_AT + sizeof(uuid_t),
};
static_assert(ENDPOINT_AT + DISCOVERY_ENDPOINT_MAX == DISCOVERY_SIZE, "the table in the header");

static bool kind_valid(int kind);
static bool padding_valid(const char *endpoint);
static bool tcp_address_valid(const char *address);
static bool ipc_path_valid(const char *path);

void discovery_encode(const struct discovery *message, unsigned char out_bytes[DISCOVERY_SIZE])
{
    assert(kind_valid((int)message->kind) && discovery_endpoint_valid(message->endpoint));
    (void)memset(out_bytes, 0, DISCOVERY_SIZE);
    (void)memcpy(out_bytes, magic, sizeof magic);
    out_bytes[KIND_AT] = (unsigned char)message->kind;
    (void)memcpy(out_bytes + UUID_AT, message->uuid, sizeof(uuid_t));
    (void)memcpy(out_bytes + ENDPOINT_AT, message->endpoint, strlen(message->endpoint));
}

int discovery_decode(const void *bytes, size_t size, struct discovery *out_message)
{
    const char *at = bytes;
    if (size != DISCOVERY_SIZE || memcmp(at, magic, sizeof magic) != 0)
        return -EPROTO;
    if (!kind_valid(at[KIND_AT]) || !padding_valid(at + ENDPOINT_AT) ||
        !discovery_endpoint_valid(at + ENDPOINT_AT))
        return -EPROTO;
    out_message->kind = (enum discovery_kind)at[KIND_AT];
    (void)memcpy(out_message->uuid, at + UUID_AT, sizeof(uuid_t));
    (void)memcpy(out_message->endpoint, at + ENDPOINT_AT, DISCOVERY_ENDPOINT_MAX);
    return 0;
}

bool discovery_endpoint_valid(const char *endpoint)
{
    static const struct {
        const char *prefix;
        bool (*rest_valid)(const char *rest);
    } schemes[] = {{"tcp://", tcp_address_valid}, {"ipc://", ipc_path_valid}};

    if (strnlen(endpoint, DISCOVERY_ENDPOINT_MAX) == DISCOVERY_ENDPOINT_MAX)
        return false;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t length = strlen(schemes[i].prefix);
        if (strncmp(endpoint, schemes[i].prefix, length) == 0)
            return schemes[i].rest_valid(endpoint + length);
    }
    return false;
}

static bool kind_valid(int kind)
{
    return kind == DISCOVERY_WELCOME || kind == DISCOVERY_CONNECT || kind == DISCOVERY_DISCONNECT;
}

/* Terminated, and nothing smuggled behind the end. */
static bool padding_valid(const char *endpoint)
{
    size_t length = strnlen(endpoint, DISCOVERY_ENDPOINT_MAX);
    if (length == DISCOVERY_ENDPOINT_MAX)
        return false;
    for (size_t i = length; i < DISCOVERY_ENDPOINT_MAX; i++) {
        if (endpoint[i] != '\0')
            return false;
    }
    return true;
}

static bool tcp_address_valid(const char *address)
{
    char host[INET_ADDRSTRLEN];
    const char *colon = strchr(address, ':');
    if (!colon || (size_t)(colon - address) >= sizeof host)
        return false;
    (void)memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = '\0';
    struct in_addr ignored;
    if (inet_pton(AF_INET, host, &ignored) != 1)
        return false;

    const char *port = colon + 1;
    size_t digits = strspn(port, "0123456789");
    if (digits == 0 || digits > 5 || port[digits] != '\0' || port[0] == '0')
        return false;
    int value = 0;
    for (size_t i = 0; i < digits; i++)
        value = 10 * value + (port[i] - '0');
    return value <= 65535;
}

static bool ipc_path_valid(const char *path)
{
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof((struct sockaddr_un *)NULL)->sun_path)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (path[i] <= ' ' || path[i] > '~')
            return false;
    }
    return path[0] != '*';
}
