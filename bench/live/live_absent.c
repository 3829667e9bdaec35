#include <errno.h>

#include "live.h"

int live_open(const struct measure_view *show, struct live **out, struct err *err)
{
    (void)show;
    (void)out;
    return err_set(err, -ENOTSUP,
                   "--live needs libmicrohttpd, which was not there when heapchurn was built; "
                   "Debian: apt install libmicrohttpd-dev, then make");
}

const char *live_url(const struct live *live)
{
    (void)live;
    return "";
}

void live_progress(struct live *live, const struct runner_progress *at)
{
    (void)live;
    (void)at;
}

void live_finished(struct live *live, const struct runner_progress *at, const struct record *record)
{
    (void)live;
    (void)at;
    (void)record;
}

void live_cost(struct live *live, struct live_cost *out)
{
    (void)live;
    *out = (struct live_cost){.events = 0};
}

void live_close(struct live *live)
{
    (void)live;
}
