/*
 * proxy: forwards discovery messages between peers. Peers publish to its XSUB and subscribe at its
 * XPUB; the XPUB's welcome message tells each of them where the XSUB is. Nothing is looked at: the
 * peers check what they hear.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "cleanup.h"
#include "discovery.h"
#include "err.h"
#include "option.h"
#include "stop.h"
#include "subject.h"

static struct env {
    const char *address;
} env = {
    .address = "tcp://127.0.0.1:5600",
};

static const char doc[] =
    "The proxy of the discovery protocol of libzmq issue 3186.\n"
    "\n"
    "Peers subscribe at its well-known address and hear at once, by a welcome message, where to "
    "publish; what one of them publishes is forwarded to all. It runs until SIGINT or SIGTERM.\n"
    "\n"
    "Each allocator has a program of its own, proxy-NAME, linked from the same object files; at "
    "its start it proves which allocator serves it."
    "\v"
    "EXAMPLES\n"
    "  proxy-glibc                                   at tcp://127.0.0.1:5600\n"
    "  proxy-glibc --address 'tcp://127.0.0.1:*'     at a free port, which it prints\n"
    "  proxy-jemalloc --address ipc:///run/user/1000/discovery\n"
    "\n"
    "EXIT STATUS\n"
    "  0 told to stop; 2 wrong options; 3 could not: address in use; 99 another allocator than its "
    "name says\n";

enum { KEY_ADDRESS = 256 };

static const struct argp_option options[] = {
    {"address", KEY_ADDRESS, "ENDPOINT", 0,
     "Where peers subscribe: tcp://ADDRESS:PORT, port * for any free one, or ipc://PATH "
     "(tcp://127.0.0.1:5600)",
     1},
    {0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    (void)state;
    if (key != KEY_ADDRESS)
        return ARGP_ERR_UNKNOWN;
    env.address = arg;
    return 0;
}

/* Messages forwarded before the other side, and the control channel, have their turn. */
enum { FORWARD_BATCH = 256 };

enum item { ITEM_CONTROL, ITEM_STOP, ITEM_XSUB, ITEM_XPUB, ITEM_COUNT };

struct proxy {
    struct subject subject;
    void *context;
    void *xsub;
    void *xpub;
    char endpoint[DISCOVERY_ENDPOINT_MAX]; /* of the XPUB, as bound */
    zmq_pollitem_t items[ITEM_COUNT];
    int64_t forwarded;     /* messages, XSUB to XPUB */
    int64_t subscriptions; /* XPUB to XSUB */
};

static int proxy_open(struct proxy *proxy, struct err *err);
static int proxy_run(struct proxy *proxy, struct err *err);
static void proxy_close(struct proxy *proxy);
static int proxy_counters(const struct proxy *proxy, struct subject_counter *out);
static int bind_socket(void *socket, const char *wanted, char *out_endpoint, struct err *err);
static int64_t forward(void *from, void *to);
static bool forward_message(void *from, void *to);

enum { PROXY_COUNTERS = 2 };

int main(int argc, char **argv)
{
    static const struct argp argp = {options, parse_option, NULL, doc, NULL, NULL, NULL};
    static struct proxy proxy;
    option_parse(&argp, argc, argv);
    if (subject_open(&proxy.subject, "proxy") < 0)
        return SUBJECT_EXIT_REFUSED;

    struct err err = ERR_INIT;
    int rc = proxy_open(&proxy, &err);
    if (rc == 0)
        rc = proxy_run(&proxy, &err);
    proxy_close(&proxy);
    if (rc < 0) {
        subject_failed(&proxy.subject, "%s", err.text);
        (void)fprintf(stderr, "proxy: %s\n", err.text);
        return OPTION_EXIT_FAILED;
    }
    struct subject_counter counters[PROXY_COUNTERS];
    subject_finish(&proxy.subject, counters, proxy_counters(&proxy, counters));
    return EXIT_SUCCESS;
}

static int proxy_open(struct proxy *proxy, struct err *err)
{
    int stop_fd = stop_fd_open();
    if (stop_fd < 0)
        return err_set(err, stop_fd, "cannot wait for signals: %s", strerror(-stop_fd));
    proxy->context = zmq_ctx_new();
    proxy->xsub = proxy->context ? zmq_socket(proxy->context, ZMQ_XSUB) : NULL;
    proxy->xpub = proxy->context ? zmq_socket(proxy->context, ZMQ_XPUB) : NULL;
    if (!proxy->xsub || !proxy->xpub)
        return err_set(err, -errno, "cannot make sockets: %s", zmq_strerror(errno));
    const int no_linger = 0;
    (void)zmq_setsockopt(proxy->xsub, ZMQ_LINGER, &no_linger, sizeof no_linger);
    (void)zmq_setsockopt(proxy->xpub, ZMQ_LINGER, &no_linger, sizeof no_linger);

    struct discovery welcome = {.kind = DISCOVERY_WELCOME};
    int rc = bind_socket(proxy->xsub, "tcp://127.0.0.1:*", welcome.endpoint, err);
    if (rc < 0)
        return rc;
    /* Before the bind, or an early peer gets none. */
    unsigned char bytes[DISCOVERY_SIZE];
    discovery_encode(&welcome, bytes);
    if (zmq_setsockopt(proxy->xpub, ZMQ_XPUB_WELCOME_MSG, bytes, sizeof bytes) < 0)
        return err_set(err, -errno, "cannot set the welcome message: %s", zmq_strerror(errno));
    rc = bind_socket(proxy->xpub, env.address, proxy->endpoint, err);
    if (rc < 0)
        return rc;

    proxy->items[ITEM_CONTROL] = (zmq_pollitem_t){.fd = proxy->subject.fd, .events = ZMQ_POLLIN};
    proxy->items[ITEM_STOP] = (zmq_pollitem_t){.fd = stop_fd, .events = ZMQ_POLLIN};
    proxy->items[ITEM_XSUB] = (zmq_pollitem_t){.socket = proxy->xsub, .events = ZMQ_POLLIN};
    proxy->items[ITEM_XPUB] = (zmq_pollitem_t){.socket = proxy->xpub, .events = ZMQ_POLLIN};
    return 0;
}

static int proxy_run(struct proxy *proxy, struct err *err)
{
    subject_ready(&proxy->subject, proxy->endpoint);
    if (proxy->subject.fd < 0) {
        (void)printf("ready   %s\n", proxy->endpoint);
        (void)fflush(stdout);
    }
    for (;;) {
        if (zmq_poll(proxy->items, ITEM_COUNT, -1) < 0) {
            if (errno == EINTR)
                continue;
            return err_set(err, -errno, "cannot poll: %s", zmq_strerror(errno));
        }
        if (proxy->items[ITEM_XPUB].revents)
            proxy->subscriptions += forward(proxy->xpub, proxy->xsub);
        if (proxy->items[ITEM_XSUB].revents)
            proxy->forwarded += forward(proxy->xsub, proxy->xpub);
        if (proxy->items[ITEM_STOP].revents)
            return 0;
        if (proxy->items[ITEM_CONTROL].revents && subject_next(&proxy->subject) == SUBJECT_LEAVE)
            return 0;
        struct subject_counter counters[PROXY_COUNTERS];
        subject_stats_due(&proxy->subject, counters, proxy_counters(proxy, counters));
    }
}

static void proxy_close(struct proxy *proxy)
{
    if (proxy->xsub)
        (void)zmq_close(proxy->xsub);
    if (proxy->xpub)
        (void)zmq_close(proxy->xpub);
    while (proxy->context && zmq_ctx_term(proxy->context) < 0 && errno == EINTR)
        ;
    static const char ipc[] = "ipc://"; /* libzmq leaves the file behind */
    if (strncmp(proxy->endpoint, ipc, sizeof ipc - 1) == 0)
        (void)unlink(proxy->endpoint + sizeof ipc - 1);
}

static int proxy_counters(const struct proxy *proxy, struct subject_counter *out)
{
    out[0] = (struct subject_counter){"forwarded", proxy->forwarded};
    out[1] = (struct subject_counter){"subscriptions", proxy->subscriptions};
    return PROXY_COUNTERS;
}

static int bind_socket(void *socket, const char *wanted, char *out_endpoint, struct err *err)
{
    if (zmq_bind(socket, wanted) < 0)
        return err_set(err, -errno, "cannot bind '%s': %s; choose another --address", wanted,
                       zmq_strerror(errno));
    size_t size = DISCOVERY_ENDPOINT_MAX;
    if (zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, out_endpoint, &size) < 0)
        return err_set(err, -errno, "cannot learn where '%s' was bound: %s", wanted,
                       zmq_strerror(errno));
    return 0;
}

/* Forward what is there, up to a batch; how many messages it was. */
static int64_t forward(void *from, void *to)
{
    int64_t count = 0;
    while (count < FORWARD_BATCH && forward_message(from, to))
        count++;
    return count;
}

/* One message with all its parts. False when there is none. */
static bool forward_message(void *from, void *to)
{
    bool some = false;
    for (int more = 1; more;) {
        zmq_msg_t part;
        (void)zmq_msg_init(&part);
        if (zmq_msg_recv(&part, from, ZMQ_DONTWAIT) < 0) {
            (void)zmq_msg_close(&part);
            break;
        }
        some = true;
        more = zmq_msg_more(&part);
        if (zmq_msg_send(&part, to, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) < 0)
            (void)zmq_msg_close(&part); /* neither side blocks; a lost one shows in the counters */
    }
    return some;
}
