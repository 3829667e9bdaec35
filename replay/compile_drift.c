#include "compile_drift.h"

#include <stdlib.h>

#include "clock.h"

void compile_drift_open(struct compile_drift *drift, size_t lanes)
{
    *drift = (struct compile_drift){.lanes = calloc(lanes, sizeof *drift->lanes), .epoch = 1};
    if (!drift->lanes)
        abort();
}

void compile_drift_close(struct compile_drift *drift)
{
    free(drift->lanes);
    *drift = (struct compile_drift){.lanes = NULL};
}

static bool takes_part(const struct compile_drift *drift, size_t lane)
{
    return drift->lanes[lane].epoch == drift->epoch;
}

static struct lane_drift with(const struct compile_drift *drift, const struct drift_event *event)
{
    struct lane_drift own = {.epoch = drift->epoch};
    if (takes_part(drift, event->lane))
        own = drift->lanes[event->lane];
    own.net_bytes += event->bytes;
    if (own.net_bytes > own.most_bytes)
        own.most_bytes = own.net_bytes;
    if (own.net_bytes < own.least_bytes)
        own.least_bytes = own.net_bytes;
    return own;
}

static uint64_t spread_with(const struct compile_drift *drift, size_t lane,
                            const struct lane_drift *after)
{
    const struct lane_drift *before = &drift->lanes[lane];
    uint64_t spread_bytes =
        drift->spread_bytes + (uint64_t)(after->most_bytes - after->least_bytes);
    if (takes_part(drift, lane))
        spread_bytes -= (uint64_t)(before->most_bytes - before->least_bytes);
    return spread_bytes;
}

bool compile_drift_ends(const struct compile_drift *drift, const struct drift_event *event)
{
    uint64_t bound_bytes = event->peak_bytes / DRIFT_PER_PEAK;
    if (bound_bytes < DRIFT_BYTES)
        bound_bytes = DRIFT_BYTES;
    if (drift->clocks == 0 || drift->events == 0)
        return false;
    if (drift->thread_ended || event->begins || drift->events >= EPOCH_EVENTS ||
        event->time_ns - drift->began_ns > (int64_t)EPOCH_MS * CLOCK_NS_PER_MS)
        return true;
    if (drift->participants + !takes_part(drift, event->lane) == 1)
        return false;
    const struct lane_drift after = with(drift, event);
    return spread_with(drift, event->lane, &after) > bound_bytes;
}

void compile_drift_add(struct compile_drift *drift, const struct drift_event *event)
{
    const struct lane_drift after = with(drift, event);
    if (drift->events++ == 0)
        drift->began_ns = event->time_ns;
    drift->spread_bytes = spread_with(drift, event->lane, &after);
    drift->participants += !takes_part(drift, event->lane);
    drift->lanes[event->lane] = after;
}

void compile_drift_end_epoch(struct compile_drift *drift)
{
    *drift = (struct compile_drift){.lanes = drift->lanes, .epoch = drift->epoch + 1};
}
