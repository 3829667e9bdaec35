#include "bring_cells.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cell_folder.h"
#include "grow.h"
#include "plan.h"
#include "text.h"

int64_t bring_cells_number(const struct bring_cells *bring, const struct cell *cell)
{
    const struct run *run = &bring->stored->run;
    const struct plan_cell of = {.workload = (size_t)(cell->workload - run->workloads),
                                 .block = cell->block};
    return plan_cell_number(&of, run->workload_count);
}

/* Some trial of it was never brought; what was, is not measured again here. */
static bool is_wanted(const struct cell *cell)
{
    for (size_t i = 0; i < cell->trial_count; i++)
        if (cell->trials[i].attempts == 0)
            return true;
    return false;
}

__attribute__((format(printf, 2, 3))) static int not_fit(char **out_why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (vasprintf(out_why, format, args) < 0)
        abort();
    va_end(args);
    text_printable(*out_why); /* names in it are of whoever wrote the cell */
    return -EXDEV;
}

static const struct cell_trial *trial_of(const struct cell *cell, const struct record *record)
{
    for (size_t i = 0; i < cell->trial_count; i++)
        if (cell->trials[i].id == record->id && record->row &&
            strcmp(cell->trials[i].row->name, record->row) == 0)
            return &cell->trials[i];
    return NULL;
}

static bool has_trial(const struct stored_run *found, int64_t id)
{
    for (size_t i = 0; i < found->record_count; i++)
        if (found->records[i].id == id)
            return true;
    return false;
}

/* Is it what the plan says, and all of it? */
static int check_trials(const struct cell *cell, const struct stored_run *found, char **out_why)
{
    for (size_t i = 0; i < found->record_count; i++) {
        const struct record *record = &found->records[i];
        if (record->block != cell->block || !record->workload ||
            strcmp(record->workload, cell->workload->name) != 0 || !trial_of(cell, record))
            return not_fit(out_why,
                           "it holds trial %" PRId64 " of row %s, which is not of this cell",
                           record->id, record->row ? record->row : "?");
        if (!record->host || !found->run.host.name ||
            strcmp(record->host, found->run.host.name) != 0)
            return not_fit(out_why, "its trials are of several hosts");
    }
    for (size_t i = 0; i < cell->trial_count; i++)
        if (!has_trial(found, cell->trials[i].id))
            return not_fit(out_why,
                           "its trial of row %s is missing; remove it, and measure it again",
                           cell->trials[i].row->name);
    return 0;
}

static int check_cell(const struct bring_cells *bring, const struct cell *cell,
                      const struct stored_run *found, char **out_why)
{
    const char *plan = bring->stored->run.plan;
    if (!plan || !found->run.plan || strcmp(plan, found->run.plan) != 0)
        return not_fit(out_why, "it is of another plan (of %s)",
                       found->run.started_utc ? found->run.started_utc : "?");
    int code = check_trials(cell, found, out_why);
    if (code < 0 || bring->kind.blocks == 0)
        return code;
    AUTO_FREE char *differences = host_kind_differences(&bring->kind.host, &found->run.host);
    return differences ? not_fit(out_why,
                                 "its host is of another kind, and must not be pooled with the "
                                 "others: %s",
                                 differences)
                       : 0;
}

static int load_kind(struct bring_cells *bring, struct err *err)
{
    run_release(&bring->kind);
    return store_load_run(bring->dir, &bring->kind, err);
}

/* The first host that something is brought of says what kind of hosts the run is of. */
static int know_host(struct bring_cells *bring, const struct host *host,
                     const struct cell_client *client, struct err *err)
{
    struct host_difference differences[HOST_DIFFERENCES_MAX];
    bool is_first = bring->kind.blocks == 0;
    const struct host *known = is_first ? NULL : run_host(&bring->kind, host->name);
    if (known && host_differences(known, host, differences) == 0)
        return 0;
    int code =
        is_first ? store_begin_on(bring->dir, host, err) : client->host(client->context, host, err);
    return code < 0 ? code : load_kind(bring, err);
}

static int adopt(struct bring_cells *bring, const char *folder, const struct stored_run *found,
                 const struct cell_client *client, struct err *err)
{
    int code = store_adopt_passes(bring->dir, folder, err); /* a cell without trials is gone */
    for (size_t i = 0; i < found->record_count && code == 0; i++)
        code = client->brought(client->context, &found->records[i], folder, err);
    if (code == 0)
        code = cell_folder_remove(folder, err);
    bring->brought += code == 0;
    return code;
}

static void refuse(struct bring_cells *bring, int64_t number, char *why)
{
    bring->refused = grow(bring->refused, bring->refused_count, sizeof *bring->refused);
    bring->why = grow(bring->why, bring->refused_count, sizeof *bring->why);
    bring->refused[bring->refused_count] = number;
    bring->why[bring->refused_count++] = why;
}

int bring_cell(struct bring_cells *bring, const struct cell *cell, const struct cell_client *client,
               struct err *err)
{
    AUTO(stored_run) struct stored_run found = {.record_count = 0};
    int64_t number = bring_cells_number(bring, cell);
    AUTO_FREE char *folder = cell_folder_whole(bring->dir, number);
    struct err other = ERR_INIT;
    struct err broken = ERR_INIT;
    char *why = NULL;
    if (bring->kind.blocks == 0 && bring->stored->record_count > 0) {
        int known = load_kind(bring, err);
        if (known < 0)
            return known;
    }
    int code = store_load(folder, &found, &broken);
    if (code < 0)
        code = not_fit(&why, "it cannot be read: %s", broken.text);
    else
        code = check_cell(bring, cell, &found, &why);
    if (code == 0) {
        code = know_host(bring, &found.run.host, client, &other);
        if (code < 0 && code != -EEXIST)
            return err_set(err, code, "%s", other.text);
        if (code == -EEXIST)
            code = not_fit(&why, "%s", other.text);
    }
    if (code == 0)
        return adopt(bring, folder, &found, client, err);
    refuse(bring, number, why);
    return 0;
}

void bring_cells_miss(struct bring_cells *bring, int64_t number)
{
    bring->missing = grow(bring->missing, bring->missing_count, sizeof *bring->missing);
    bring->missing[bring->missing_count++] = number;
}

static int bring_all(void *state, const struct cell *cells, size_t count,
                     const struct cell_client *client, struct err *err)
{
    struct bring_cells *bring = state;
    int code = 0;
    for (size_t i = 0; i < count && code == 0; i++) {
        int64_t number = bring_cells_number(bring, &cells[i]);
        if (cell_folder_is_whole(bring->dir, number)) {
            code = bring_cell(bring, &cells[i], client, err);
        } else if (is_wanted(&cells[i])) {
            bring_cells_miss(bring, number);
        }
    }
    return code;
}

int bring_cells_no_pass(void *state, const struct pass_request *request, struct pass *pass,
                        struct err *err)
{
    (void)state;
    (void)request;
    (void)pass;
    return err_set(err, -ENOTSUP, "passes come with their cells");
}

struct executor bring_cells(struct bring_cells *bring)
{
    return (struct executor){.cells = bring_all, .pass = bring_cells_no_pass, .state = bring};
}

void bring_cells_release(struct bring_cells *bring)
{
    free(bring->missing);
    free(bring->refused);
    for (size_t i = 0; i < bring->refused_count; i++)
        free(bring->why[i]);
    free(bring->why);
    run_release(&bring->kind);
    *bring = (struct bring_cells){.dir = NULL};
}
