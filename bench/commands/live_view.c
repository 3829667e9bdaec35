#include "live_view.h"

#include <inttypes.h>
#include <stdio.h>

#include "clock.h"

int live_view_open(const struct runner *runner, const struct run *run, struct live **out,
                   struct err *err)
{
    const struct live_show show = {
        .plan = runner->plan,
        .workloads = runner->workloads,
        .workload_count = run->workload_count,
        .rows = runner->rows,
        .row_count = run->row_count,
    };
    int code = live_open(&show, out, err);
    if (code == 0)
        (void)fprintf(stderr, "live: %s\n", live_url(*out));
    return code;
}

void live_view_close(struct live *live)
{
    struct live_cost cost;
    live_cost(live, &cost);
    (void)fprintf(stderr,
                  "live: %" PRId64 " events, %" PRId64 " listeners at most; %" PRId64
                  " ms CPU in the server, %" PRId64 " ms in the driver\n",
                  cost.events, cost.listeners_most, cost.server_cpu_ns / CLOCK_NS_PER_MS,
                  cost.publish_cpu_ns / CLOCK_NS_PER_MS);
    live_close(live);
}
