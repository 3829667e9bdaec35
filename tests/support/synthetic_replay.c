#include "synthetic_replay.h"

#include <stdlib.h>
#include <string.h>

#include "synthetic_run.h"
#include "trace_facts.h"
#include "work.h"

enum { START_KIB = 1000, END_KIB = 60000, PEERS = 8, ROUNDS = 60, SAMPLES = 50, SAMPLE_MS = 20 };
#define JEMALLOC_RATIO 1.2

static struct trace_run original(const char *allocator, double ratio, double factor)
{
    int64_t end = (int64_t)(END_KIB * 1024 * ratio * factor), start = START_KIB * 1024;
    struct trace_run run = {.allocator = strdup(allocator),
                            .peak_heap_bytes = end,
                            .end_heap_bytes = end,
                            .peak_anon_bytes = end,
                            .end_anon_bytes = end,
                            .samples = calloc(SAMPLES, sizeof *run.samples),
                            .sample_count = SAMPLES};
    for (int64_t i = 0; run.samples && i < SAMPLES; i++) {
        int64_t bytes = start + (end - start) * i / (SAMPLES - 1);
        run.samples[i] =
            (struct trace_sample){.ms = i * SAMPLE_MS, .anon_bytes = bytes, .heap_bytes = bytes};
    }
    return run;
}

static char *facts_of(const struct synthetic_replay *plan)
{
    AUTO(trace_facts) struct trace_facts facts;
    trace_facts_init(&facts);
    facts.heapchurn = strdup("0");
    facts.allocator = strdup("glibc");
    facts.originals = calloc(4, sizeof *facts.originals);
    if (plan->recorded > 0) {
        facts.recorded = calloc(1, sizeof *facts.recorded);
        facts.recorded[facts.recorded_count++] = original("glibc", 1, plan->recorded);
        facts.recorded[0].exact = facts.recorded[0].processes = 1;
    }
    if (plan->glibc > 0)
        facts.originals[facts.original_count++] = original("glibc", 1, plan->glibc);
    if (plan->jemalloc > 0)
        facts.originals[facts.original_count++] =
            original("jemalloc", JEMALLOC_RATIO, plan->jemalloc);
    for (size_t i = 0; i < 2 && plan->least > 0; i++) {
        struct trace_run *run = &facts.originals[facts.original_count++];
        *run = original("jemalloc", JEMALLOC_RATIO, i == 0 ? plan->least : plan->most);
        if (plan->peaks_agree)
            run->peak_heap_bytes = (int64_t)(END_KIB * 1024 * JEMALLOC_RATIO * plan->jemalloc);
    }
    facts.slice_count = (size_t)PEERS * ROUNDS;
    facts.slices = calloc(facts.slice_count, sizeof *facts.slices);
    for (size_t i = 0; facts.slices && i < facts.slice_count; i++)
        facts.slices[i].end_us = (int64_t)(i + 1) * 1000;
    return trace_facts_text(&facts);
}

void synthetic_replay_build(const struct synthetic_replay *plan, struct stored_run *out)
{
    const double mimalloc = plan->mimalloc > 0 ? plan->mimalloc : 0.7;
    const double cpu = plan->mimalloc_cpu > 0 ? plan->mimalloc_cpu : 1;
    const struct synthetic_row rows[] = {
        {"glibc", "glibc", "2.36", START_KIB, END_KIB, 900, 100, 0, 100, 1},
        {"jemalloc", "jemalloc", "5.3.0", START_KIB, END_KIB * JEMALLOC_RATIO, 900, 100, 0, 100, 1},
        {"mimalloc", "mimalloc", "2.0.9", START_KIB, END_KIB * mimalloc, 900, 100, 0, 100 * cpu, 1},
    };
    const struct synthetic_workload workload = {"t",    "Which?", PEERS,
                                                ROUNDS, rows,     sizeof rows / sizeof *rows};
    synthetic_run_build(
        &(struct synthetic_run){
            .workloads = &workload, .workload_count = 1, .blocks = 5, .noise = 0.001},
        out);
    out->run.workloads[0].trace.file = strdup("/t.trace");
    out->kept = calloc(2, sizeof *out->kept);
    if (!out->kept)
        abort();
    out->kept[0] = facts_of(plan);
    for (size_t i = 0; i < out->record_count; i++) {
        struct record_role *role = &out->records[i].roles[RECORD_PRIMARY];
        if (!plan->untold || strcmp(out->records[i].row, "jemalloc") != 0)
            (void)work_set_counter(role, "outside_heap_bytes", 0);
        if (plan->counter)
            (void)work_set_counter(role, plan->counter,
                                   strcmp(plan->counter, "trace_cores") == 0 ? 8 : 1);
        (void)work_set_counter(role, "played_cores", 2);
        (void)work_set_counter(role, "trace_peak_live_bytes", 1000000);
        (void)work_set_counter(role, "trace_live_bytes", plan->emptied ? 90000 : 110000);
    }
}
