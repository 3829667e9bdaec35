#include "live.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "event_ring.h"
#include "live_guard.h"
#include "live_text.h"

enum {
    PAGES_MAX = 8,        /* connections beside those of listeners */
    STREAM_BLOCK = 16384, /* bytes asked of a stream at a time */
    FAREWELL_MS = 1000,   /* for listeners to hear that it is over */
    PAUSE_NS = 100000000, /* between two points */
};

/* One who listens. All fields under live->lock. */
struct listener {
    struct live *live;
    struct MHD_Connection *connection;
    uint64_t id;   /* of the last event sent whole, or the one being sent */
    size_t offset; /* sent of the event being sent; 0: none is */
    bool suspended;
    struct listener *next;
};

struct live {
    struct MHD_Daemon *daemon;
    char *page;
    char url[48];
    int port;
    int64_t published_ns; /* when the last point was */
    enum record_phase phase;
    pthread_mutex_t lock;
    pthread_cond_t left; /* a listener has gone */
    struct event_ring ring;
    struct listener *listeners;
    int64_t listener_count;
    bool closing;
    bool clock_known;
    clockid_t server_clock;
    struct live_cost cost;
};

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state);

static int open_daemon(struct live *live, struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    live->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0,
                                    NULL, NULL, answer, live, MHD_OPTION_SOCK_ADDR,
                                    (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT,
                                    (unsigned int)(LIVE_LISTENERS_MAX + PAGES_MAX),
                                    MHD_OPTION_CONNECTION_TIMEOUT, 30U, MHD_OPTION_END);
    if (!live->daemon)
        return err_set(err, -errno, "the live page cannot be served on 127.0.0.1: %s",
                       strerror(errno));
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(live->daemon, MHD_DAEMON_INFO_BIND_PORT);
    live->port = info ? info->port : 0;
    (void)snprintf(live->url, sizeof live->url, "http://127.0.0.1:%d/", live->port);
    return 0;
}

int live_open(const struct measure_view *show, struct live **out, struct err *err)
{
    struct live *live = calloc(1, sizeof *live);
    if (!live)
        return err_set(err, -ENOMEM, "out of memory");
    live->page = live_text_page(show);
    (void)pthread_mutex_init(&live->lock, NULL);
    (void)pthread_cond_init(&live->left, NULL);
    int code = open_daemon(live, err);
    if (code < 0) {
        live_close(live);
        return code;
    }
    *out = live;
    return 0;
}

const char *live_url(const struct live *live)
{
    return live->url;
}

static void wake_all(struct live *live)
{
    for (struct listener *each = live->listeners; each; each = each->next) {
        if (each->suspended)
            MHD_resume_connection(each->connection);
        each->suspended = false;
    }
}

static void publish(struct live *live, const char *json)
{
    int64_t before_ns = clock_thread_cpu_ns();
    (void)pthread_mutex_lock(&live->lock);
    event_ring_add(&live->ring, json);
    live->cost.events++;
    wake_all(live);
    (void)pthread_mutex_unlock(&live->lock);
    live->cost.publish_cpu_ns += clock_thread_cpu_ns() - before_ns;
}

void live_progress(struct live *live, const struct runner_progress *at)
{
    int64_t now_ns = clock_now_ns();
    if (now_ns - live->published_ns < PAUSE_NS && at->now.phase == live->phase)
        return;
    live->published_ns = now_ns;
    live->phase = at->now.phase;
    AUTO_FREE char *json = live_text_point(at);
    publish(live, json);
}

void live_finished(struct live *live, const struct runner_progress *at, const struct record *record)
{
    AUTO_FREE char *json = live_text_end(at, record);
    publish(live, json);
}

void live_cost(struct live *live, struct live_cost *out)
{
    struct timespec used;
    (void)pthread_mutex_lock(&live->lock);
    if (live->clock_known && clock_gettime(live->server_clock, &used) == 0)
        live->cost.server_cpu_ns = used.tv_sec * CLOCK_NS_PER_S + used.tv_nsec;
    *out = live->cost;
    (void)pthread_mutex_unlock(&live->lock);
}

/* Listeners end their stream by themselves once they have sent everything. */
static void say_farewell(struct live *live)
{
    struct timespec deadline;
    publish(live, "{\"kind\":\"over\"}");
    (void)clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += FAREWELL_MS / 1000;
    (void)pthread_mutex_lock(&live->lock);
    live->closing = true;
    wake_all(live);
    while (live->listeners && pthread_cond_timedwait(&live->left, &live->lock, &deadline) == 0)
        wake_all(live);
    (void)pthread_mutex_unlock(&live->lock);
}

void live_close(struct live *live)
{
    if (live->daemon) {
        say_farewell(live);
        MHD_stop_daemon(live->daemon);
    }
    event_ring_release(&live->ring);
    (void)pthread_cond_destroy(&live->left);
    (void)pthread_mutex_destroy(&live->lock);
    free(live->page);
    free(live);
}

/* The next bytes of a stream; called by the server's thread. */
static ssize_t read_stream(void *context, uint64_t position, char *buffer, size_t size)
{
    struct listener *listener = context;
    struct live *live = listener->live;
    ssize_t copied = 0;
    (void)position;
    (void)pthread_mutex_lock(&live->lock);
    uint64_t id = listener->id;
    const char *text =
        event_ring_after(&live->ring, listener->offset ? listener->id - 1 : listener->id, &id);
    if (text) {
        /* An event dropped while half of it was sent: go on with the next, whole. */
        size_t from = listener->offset && id == listener->id ? listener->offset : 0;
        size_t left = strlen(text) - from;
        size_t length = left < size ? left : size;
        memcpy(buffer, text + from, length);
        listener->id = id;
        listener->offset = length < left ? from + length : 0;
        copied = (ssize_t)length;
    } else if (live->closing) {
        copied = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        listener->suspended = true;
        MHD_suspend_connection(listener->connection);
    }
    (void)pthread_mutex_unlock(&live->lock);
    return copied;
}

static void end_stream(void *context)
{
    struct listener *listener = context;
    struct live *live = listener->live;
    (void)pthread_mutex_lock(&live->lock);
    for (struct listener **link = &live->listeners; *link; link = &(*link)->next)
        if (*link == listener) {
            *link = listener->next;
            break;
        }
    live->listener_count--;
    (void)pthread_cond_signal(&live->left);
    (void)pthread_mutex_unlock(&live->lock);
    free(listener);
}

/* One request per connection: libmicrohttpd (0.9.75) crashes on some that are pipelined behind an
 * answered one. */
static void add_headers(struct MHD_Response *response, const char *type)
{
    static const char *const headers[][2] = {
        {"Connection", "close"},
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Content-Security-Policy",
         "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; "
         "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'"},
    };
    (void)MHD_add_response_header(response, "Content-Type", type);
    for (size_t i = 0; i < ARRAY_LENGTH(headers); i++)
        (void)MHD_add_response_header(response, headers[i][0], headers[i][1]);
}

static enum MHD_Result send_text(struct MHD_Connection *connection, unsigned int status,
                                 const char *type, char *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    add_headers(response, type);
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* A new listener in the list, or NULL when there are as many as may be. */
static struct listener *add_listener(struct live *live, struct MHD_Connection *connection)
{
    const char *last = header(connection, "Last-Event-ID");
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        return NULL;
    *listener = (struct listener){.live = live, .connection = connection};
    (void)pthread_mutex_lock(&live->lock);
    uint64_t heard = last ? strtoull(last, NULL, 10) : 0;
    listener->id = heard <= live->ring.last_id ? heard : 0; /* else it heard another run */
    bool room = live->listener_count < LIVE_LISTENERS_MAX && !live->closing;
    if (room) {
        listener->next = live->listeners;
        live->listeners = listener;
        live->listener_count++;
        if (live->listener_count > live->cost.listeners_most)
            live->cost.listeners_most = live->listener_count;
    }
    (void)pthread_mutex_unlock(&live->lock);
    if (!room) {
        free(listener);
        return NULL;
    }
    return listener;
}

static enum MHD_Result send_events(struct live *live, struct MHD_Connection *connection)
{
    char full[] = "as many listeners as there may be\n";
    struct listener *listener = add_listener(live, connection);
    if (!listener)
        return send_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain", full);
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, listener, end_stream);
    if (!response) {
        end_stream(listener);
        return MHD_NO;
    }
    add_headers(response, "text/event-stream");
    enum MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return queued;
}

static void note_clock(struct live *live)
{
    (void)pthread_mutex_lock(&live->lock);
    if (!live->clock_known)
        live->clock_known = pthread_getcpuclockid(pthread_self(), &live->server_clock) == 0;
    (void)pthread_mutex_unlock(&live->lock);
}

/* The parameters are libmicrohttpd's. NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    struct live *live = context;
    char refused[] = "refused\n", nothing[] = "nothing is here\n";
    (void)version;
    (void)upload;
    *upload_size = 0;
    note_clock(live);
    int status =
        live_guard(&(struct live_request){.method = method,
                                          .host = header(connection, "Host"),
                                          .origin = header(connection, "Origin"),
                                          .fetch_site = header(connection, "Sec-Fetch-Site")},
                   live->port);
    if (status)
        return send_text(connection, (unsigned int)status, "text/plain", refused);
    if (!*state) { /* the headers; what follows them is asked for once more */
        *state = live;
        return MHD_YES;
    }
    if (strcmp(url, "/") == 0)
        return send_text(connection, MHD_HTTP_OK, "text/html; charset=utf-8", live->page);
    if (strcmp(url, "/events") == 0 && strcmp(method, "GET") == 0)
        return send_events(live, connection);
    return send_text(connection, MHD_HTTP_NOT_FOUND, "text/plain", nothing);
}
