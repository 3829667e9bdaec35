/*
 * write_cells DIR HOSTS BLOCKS ROWS: a planned run, and its cells as if so many hosts had measured
 * so many blocks each. Nothing is synced: it is for looking at what collecting them takes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cell_folder.h"
#include "path.h"
#include "plan.h"
#include "record_json.h"
#include "run_json.h"
#include "samples_csv.h"
#include "synthetic_run.h"
#include "text.h"

enum { ROWS_MAX = 64, NAME_SIZE = 32 };

static char names[ROWS_MAX][NAME_SIZE];
static struct synthetic_row rows[ROWS_MAX];
static struct synthetic_workload workload = {"many-hosts", "Does it scale?", 2, 20, rows, 0};
static const struct synthetic_run shape = {
    .workloads = &workload, .workload_count = 1, .blocks = 1, .noise = 0.01};

static void must(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "write_cells: %s: %s\n", what, strerror(errno));
    exit(3);
}

static void describe_rows(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(names[i], NAME_SIZE, "row%02zu", i + 1);
        rows[i] = (struct synthetic_row){names[i], "glibc", "2.36", 1000, 1200 + 20 * (double)i,
                                         1100,     300,     0,      10,   1};
    }
    workload.row_count = count;
}

static void put_json(const char *folder, const char *name, json_t *json)
{
    AUTO_FREE char *path = path_join(folder, "%s", name);
    must(json_dump_file(json, path, JSON_INDENT(1)) == 0, path);
    json_decref(json);
}

static void put_trial(const char *trials, const struct record *record)
{
    AUTO_FREE char *folder = path_join(trials, "%04jd-%s-b%jd-%s-a1", (intmax_t)record->id,
                                       record->workload, (intmax_t)record->block, record->row);
    AUTO_FREE char *path = path_join(folder, "samples.csv");
    must(mkdir(folder, 0777) == 0, folder);
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    must(file && samples_csv_write(file, record) == 0, path);
    put_json(folder, "trial.json", record_json_write(record));
}

static void put_cell(const char *dir, struct run *run, const struct plan_trial *trials,
                     int64_t hosts)
{
    int64_t block = trials[0].block;
    AUTO_FREE char *folder = cell_folder_whole(dir, block);
    AUTO_FREE char *below = path_join(folder, "trials");
    char host[NAME_SIZE];
    (void)snprintf(host, sizeof host, "n%04d", (int)((block - 1) % hosts) + 1);
    free(run->host.name);
    run->host.name = text_own(host);
    must(mkdir(folder, 0777) == 0 && mkdir(below, 0777) == 0, folder);
    put_json(folder, "run.json", run_json_write(run));
    for (size_t i = 0; i < run->row_count; i++) {
        AUTO(record) struct record record;
        synthetic_trial(&shape, 0, trials[i].row, block, 1, &record);
        record.id = trials[i].id;
        record.host = text_own(host);
        put_trial(below, &record);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        (void)fputs("usage: write_cells DIR HOSTS BLOCKS ROWS\n", stderr);
        return 2;
    }
    const char *dir = argv[1];
    int64_t hosts = strtoll(argv[2], NULL, 10), blocks = strtoll(argv[3], NULL, 10);
    size_t row_count = strtoul(argv[4], NULL, 10);
    must(hosts > 0 && blocks > 0 && row_count > 0 && row_count <= ROWS_MAX, "numbers");
    describe_rows(row_count);
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(plan) struct plan plan = {.trial_count = 0};
    synthetic_run_build(&shape, &stored);
    stored.run.blocks = hosts * blocks;
    stored.run.plan = text_own("0123456789abcdef");
    AUTO_FREE char *cells = path_join(dir, "cells");
    must(mkdir(dir, 0777) == 0 && mkdir(cells, 0777) == 0, dir);
    put_json(dir, "run.json", run_json_write(&stored.run));
    plan_build(1, row_count, stored.run.blocks, stored.run.seed, &plan);
    for (size_t i = 0; i < plan.trial_count; i += row_count)
        put_cell(dir, &stored.run, &plan.trials[i], hosts);
    return 0;
}
