/*
 * Writes the pages that the browser tests open into a folder: report.html of runs that are usual,
 * empty, hostile and large. See report.test.mjs for what each has to look like.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter.h"
#include "made_up_runs.h"
#include "synthetic_replay.h"
#include "synthetic_run.h"

enum { MANY_ROWS = 100, NAME_SIZE = 24 };

/* Five rows, ten blocks, 2000 samples each: what the page's budgets are stated for. */
static void scenario_big(struct stored_run *out)
{
    struct synthetic_workload load = synthetic_discovery[0];
    load.rounds = 250;
    synthetic_run_build(&(struct synthetic_run){.workloads = &load,
                                                .workload_count = 1,
                                                .blocks = 10,
                                                .noise = 0.03,
                                                .samples_between = 7},
                        out);
}

static void scenario_two_workloads(struct stored_run *out)
{
    synthetic_run_build(&(struct synthetic_run){.workloads = synthetic_discovery,
                                                .workload_count = 2,
                                                .blocks = 3,
                                                .noise = 0.02,
                                                .samples_between = 2},
                        out);
}

static void scenario_many(struct stored_run *out)
{
    static char names[MANY_ROWS][NAME_SIZE];
    static struct synthetic_row rows[MANY_ROWS];
    struct synthetic_workload load = synthetic_discovery[1];
    for (size_t i = 0; i < MANY_ROWS; i++) {
        rows[i] = load.rows[i % load.row_count];
        (void)snprintf(names[i], sizeof names[i], "%s+%zu", rows[i].name, i);
        rows[i].name = names[i];
        rows[i].end_kib += 20 * (double)i;
    }
    load.rows = rows;
    load.row_count = MANY_ROWS;
    load.rounds = 16;
    synthetic_run_build(
        &(struct synthetic_run){
            .workloads = &load, .workload_count = 1, .blocks = 2, .noise = 0.01},
        out);
}

/* One row of one trial, which was sampled once and has no live counter. */
static void scenario_one_sample(struct stored_run *out)
{
    static const struct synthetic_row row = {"mimalloc", "mimalloc", "2.0.9", 956, 24400,
                                             24380,      0,          -1,      440, 2.15};
    struct synthetic_workload load = synthetic_discovery[0];
    load.rows = &row;
    load.row_count = 1;
    synthetic_run_build(
        &(struct synthetic_run){.workloads = &load, .workload_count = 1, .blocks = 1}, out);
    out->records[0].sample_count = 1;
}

static void scenario_replay(struct stored_run *out)
{
    synthetic_replay_build(&(struct synthetic_replay){.glibc = 0.985, .jemalloc = 1.01}, out);
}

static void scenario_refused(struct stored_run *out)
{
    synthetic_replay_build(&(struct synthetic_replay){.glibc = 1, .jemalloc = 1.3}, out);
}

/* Nowhere to break a line, as settings and paths are. */
static void scenario_hostile(struct stored_run *out)
{
    made_up_hostile(out);
    synthetic_make_noisy(&out->records[0],
                         "MALLOC_CONF=abort_conf:true,prof:true,prof_leak:true,prof_final:true,"
                         "lg_prof_sample:0,prof_prefix:/a/folder/of/a/run/passes/jeprof");
}

static const struct page {
    const char *name;
    void (*build)(struct stored_run *out);
} pages[] = {
    {"mixed", made_up_mixed},
    {"drained", made_up_drained},
    {"hosts", made_up_hosts},
    {"hostile", scenario_hostile},
    {"nothing", made_up_nothing},
    {"one-sample", scenario_one_sample},
    {"two-workloads", scenario_two_workloads},
    {"many-rows", scenario_many},
    {"replay", scenario_replay},
    {"refused", scenario_refused},
    {"big", scenario_big},
};

static int write_page(const struct page *page, const char *folder)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    struct err err = ERR_INIT;
    char path[4096];
    page->build(&stored);
    result_build(&stored, &result);
    (void)snprintf(path, sizeof path, "%s/%s.html", folder, page->name);
    int code = exporter_write_file(exporter_find("html", &err), &result, path, &err);
    if (code < 0)
        (void)fprintf(stderr, "%s\n", err.text);
    return code;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: browser_pages FOLDER\n");
        return 2;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(pages); i++)
        if (write_page(&pages[i], argv[1]) < 0)
            return 1;
    return 0;
}
