#include "made_up_runs.h"

#include "synthetic_hosts.h"
#include "synthetic_run.h"

static const struct synthetic_row mixed_rows[] = {
    {"glibc", "glibc", "2.36", 652, 26744, 1196, 410, 35200, 450, 2.2},
    {"jemalloc+prof", "jemalloc", "5.3.0", 1408, 19408, 3100, 560, 43300, 480, 2.3},
    {"mimalloc", "mimalloc", "2.0.9", 956, 24400, 24380, 0, -1, 440, 2.15},
};

static const struct synthetic_row drained_rows[] = {
    {"glibc", "glibc", "2.36", 1900, 1916, 1180, 410, 0, 460, 2.2},
    {"jemalloc+prof", "jemalloc", "5.3.0", 2900, 2950, 2500, 560, 0, 485, 2.3},
    {"mimalloc", "mimalloc", "2.0.9", 1550, 1576, 1570, 0, -1, 445, 2.1},
};

static const struct synthetic_workload mixed_load[] = {
    {"discovery", "Does the long-lived peer grow while its PUB is never drained?", 4, 64,
     mixed_rows, 3},
};

static const struct synthetic_workload drained_load[] = {
    {"discovery-drained", "The same with the PUB in the poll set.", 4, 64, drained_rows, 3},
};

static const struct synthetic_row hostile_rows[] = {
    {MADE_UP_HOSTILE_NAME, "glibc", "2.36", 652, 26744, 1196, 410, 35200, 450, 2.2},
};

static const struct synthetic_workload hostile_load[] = {
    {"a|b<i>", "What *is* `this`?", 1, 64, hostile_rows, 1},
};

void made_up_mixed(struct stored_run *out)
{
    const struct synthetic_run plan = {
        .workloads = mixed_load, .workload_count = 1, .blocks = 2, .noise = 0.03};
    struct record again;
    synthetic_run_build(&plan, out);
    synthetic_spoil(synthetic_record(out, "discovery", "jemalloc+prof", 2), RECORD_INVALID,
                    "the work does not match: joins_heard is 1535, expected 1537");
    synthetic_make_noisy(synthetic_record(out, "discovery", "glibc", 1),
                         "subjects waited 8 % of their time for a core");
    synthetic_make_noisy(synthetic_record(out, "discovery", "mimalloc", 2),
                         "4 % of the time was stolen");
    synthetic_trial(&plan, 0, 0, 1, 2, &again);
    again.id = 1;
    synthetic_add_record(out, &again);
}

void made_up_drained(struct stored_run *out)
{
    const struct synthetic_run plan = {
        .workloads = drained_load, .workload_count = 1, .blocks = 3, .noise = 0.002};
    synthetic_run_build(&plan, out);
}

void made_up_hosts(struct stored_run *out)
{
    const struct synthetic_run plan = {
        .workloads = drained_load, .workload_count = 1, .blocks = 9, .noise = 0.004};
    synthetic_run_build(&plan, out);
    synthetic_hosts_spread(out, 3);
    synthetic_hosts_scale(out, "mimalloc", 2, 1.3);
    synthetic_hosts_scale(out, "jemalloc+prof", 1, 1.1);
}

void made_up_hostile(struct stored_run *out)
{
    const struct synthetic_run plan = {
        .workloads = hostile_load, .workload_count = 1, .blocks = 1, .noise = 0.01};
    synthetic_run_build(&plan, out);
}

void made_up_nothing(struct stored_run *out)
{
    made_up_mixed(out);
    for (size_t i = 0; i < out->record_count; i++)
        if (out->records[i].outcome == RECORD_VALID)
            synthetic_spoil(&out->records[i], RECORD_FAILED, "the proxy died: signal 9");
    out->run.blocks = 3;
}
