/*
 * live: a page on this machine that shows a run while it is made (`heapchurn run --live`).
 *
 * libmicrohttpd serves one page and one stream of server-sent events on 127.0.0.1, at a port that
 * the system chooses. Publishing never waits for a browser: events go into a ring (event_ring.h),
 * from which one thread of the server's own feeds whoever listens; a late browser gets the backlog.
 * What the view costs is counted (live_cost), since the thread runs on the driver's core.
 *
 * Only pages from here may ask: another Host is answered 421 (a name of a stranger that was made to
 * point here), another Origin 403, another method than GET and HEAD 405; a seventeenth listener
 * 503. Nothing may be framed, stored or read by other sites.
 *
 * Where libmicrohttpd was not there when heapchurn was built, live_open() is -ENOTSUP with a
 * sentence, and everything else does nothing.
 */
#pragma once

#include <stdint.h>

#include "cleanup.h"
#include "err.h"
#include "measure.h"
#include "runner.h"

enum { LIVE_LISTENERS_MAX = 16 };

struct live;

struct live_cost {
    int64_t server_cpu_ns;  /* of the server's thread; 0 before anybody asked */
    int64_t publish_cpu_ns; /* of the caller's */
    int64_t events;
    int64_t listeners_most;
};

/* What `show` borrows has to stay until live_close(). */
int live_open(const struct measure_view *show, struct live **out, struct err *err);

/* "http://127.0.0.1:40001/" */
const char *live_url(const struct live *live);

/* The runner's progress, at most ten events a second; and the end of a trial. */
void live_progress(struct live *live, const struct runner_progress *at);
void live_finished(struct live *live, const struct runner_progress *at,
                   const struct record *record);

void live_cost(struct live *live, struct live_cost *out);

/* Tells listeners that the run is over, gives them a moment to hear it, and closes. */
void live_close(struct live *live);
