#include "expected_time.h"

#include "clock.h"

enum {
    CYCLE_MS = 20,      /* a fifth of it is what budgets allow */
    TRIAL_MORE_S = 30,  /* to start, to be ready, to leave */
    PASSES_PER_ROW = 6, /* each about as long as a trial, some under slow tools */
    LOOK_S = 120,       /* at the host, before the first trial */
};

static int64_t trial_seconds(const struct workload *workload)
{
    int64_t load_ns = workload_is_own(workload)
                          ? workload->rounds * workload->each.within_ns
                          : workload_cycles(workload) * CYCLE_MS * CLOCK_NS_PER_MS;
    return (load_ns + workload->quiet_ns + workload->released_ns) / CLOCK_NS_PER_S + TRIAL_MORE_S;
}

int64_t expected_seconds(const struct run *run, bool first)
{
    int64_t seconds = LOOK_S;
    const int64_t rows = (int64_t)run->row_count;
    for (size_t w = 0; w < run->workload_count; w++) {
        int64_t trial = trial_seconds(&run->workloads[w]);
        seconds += 3 * rows * trial / 2; /* a third of a plan is repeated at most; rounded up */
        if (first && !run->no_passes)
            seconds += PASSES_PER_ROW * rows * trial;
    }
    return seconds;
}
