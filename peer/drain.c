#include "drain.h"

#include <string.h>

#include <zmq.h>

static void poll_once(void *data_pub)
{
    zmq_pollitem_t item = {.socket = data_pub, .events = ZMQ_POLLIN};
    (void)zmq_poll(&item, 1, 0);
}

/* No peer subscribes to it. libzmq looks into the mailbox in a send at most once in a while, so
 * this is the policy that can lag behind. */
static void send_dummy(void *data_pub)
{
    (void)zmq_send(data_pub, "idle", 4, ZMQ_DONTWAIT);
}

static void read_events(void *data_pub)
{
    int events = 0;
    size_t size = sizeof events;
    (void)zmq_getsockopt(data_pub, ZMQ_EVENTS, &events, &size);
}

const struct drain drain_policies[] = {
    {.name = "none", .what = "never touch the data socket: the growth of libzmq #3186"},
    {.name = "poll",
     .what = "zmq_poll() it, without waiting, after each leave",
     .after_leave = poll_once},
    {.name = "send",
     .what = "send a message nobody subscribed to after each leave",
     .after_leave = send_dummy},
    {.name = "events",
     .what = "read its ZMQ_EVENTS in each turn of the event loop",
     .each_turn = read_events},
    {.name = "pollset",
     .what = "keep it in the poll set: the one that wakes up by itself",
     .in_poll_set = true},
    {.name = NULL},
};

const struct drain *drain_find(const char *name)
{
    for (const struct drain *policy = drain_policies; policy->name; policy++) {
        if (strcmp(policy->name, name) == 0)
            return policy;
    }
    return NULL;
}

void drain_describe(FILE *out)
{
    for (const struct drain *policy = drain_policies; policy->name; policy++)
        (void)fprintf(out, "  %-8s %s\n", policy->name, policy->what);
}
