#include "executor_local.h"

#include <errno.h>
#include <string.h>

#include "patience.h"
#include "scenarios.h"

enum { PATH_SIZE = 4096 };

/* A trial under way, for its progress. */
struct under_way {
    const struct cell_client *client;
    const struct record *record;
};

static void on_progress(void *context, const struct trial_progress *now)
{
    const struct under_way *under_way = context;
    under_way->client->progress(under_way->client->context, under_way->record, now);
}

/* One cell, here. */
struct carrying {
    const struct executor_local *local;
    const struct cell *cell;
    const struct cell_client *client;
};

static int attempt(const struct carrying *carrying, const struct cell_trial *trial, int64_t number,
                   bool *out_again, struct err *err)
{
    const struct executor_local *local = carrying->local;
    const struct cell *cell = carrying->cell;
    const struct cell_client *client = carrying->client;
    char folder[PATH_SIZE];
    AUTO(record) struct record record;
    record_init(&record);
    record.id = trial->id;
    record.block = cell->block;
    record.attempt = number;
    record.workload = strdup(cell->workload->name);
    record.row = strdup(trial->row->name);
    record.host = strdup(carrying->local->here->name);
    struct under_way under_way = {.client = client, .record = &record};
    int code = client->folder(client->context, &record, folder, sizeof folder, err);
    if (code < 0)
        return code;
    const struct scenario *scenario = NULL;
    if (scenario_of(cell->workload, &scenario, err) < 0)
        return -EINVAL;
    const struct trial_options options = {
        .workload = cell->workload,
        .scenario = scenario,
        .allocator = trial->row->allocator,
        .row_environment = trial->row->environment,
        .library = trial->row->library,
        .huge_pages = trial->row->huge_pages,
        .programs = local->programs,
        .folder = folder,
        .pins = local->pins,
        .deadlines = patience_deadlines(),
        .sample_period_ns = local->sample_period_ns,
        .no_aslr = local->no_aslr,
        .interrupt_fd = local->interrupt_fd,
        .progress = on_progress,
        .context = &under_way,
    };
    code = trial_run(&options, &record, err);
    return code < 0 ? code : client->finished(client->context, &record, out_again, err);
}

static int carry_cell(const struct carrying *carrying, struct err *err)
{
    const struct cell *cell = carrying->cell;
    if (cell->host && strcmp(cell->host, carrying->local->here->name) != 0)
        return err_set(err, -EXDEV,
                       "block %jd of %s was begun on %s and this is %s; rows are only compared "
                       "within a block, so finish it there, or begin a new run",
                       (intmax_t)cell->block, cell->workload->name, cell->host,
                       carrying->local->here->name);
    int code = carrying->client->host(carrying->client->context, carrying->local->here, err);
    for (size_t i = 0; i < cell->trial_count && code == 0; i++) {
        const struct cell_trial *trial = &cell->trials[i];
        bool again = true;
        for (int64_t number = trial->attempts + 1; again && code == 0; number++)
            code = attempt(carrying, trial, number, &again, err);
    }
    return code;
}

static int carry_cells(void *state, const struct cell *cells, size_t count,
                       const struct cell_client *client, struct err *err)
{
    int code = 0;
    for (size_t i = 0; i < count && code == 0; i++)
        code = carry_cell(&(struct carrying){state, &cells[i], client}, err);
    return code;
}

static int carry_pass(void *state, const struct pass_request *request, struct pass *pass,
                      struct err *err)
{
    (void)state;
    return pass_trial_run(request, pass, err);
}

struct executor executor_local(struct executor_local *local)
{
    return (struct executor){.cells = carry_cells, .pass = carry_pass, .state = local};
}
