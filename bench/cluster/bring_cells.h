/*
 * bring_cells: an executor that measures nothing: cells that are whole in the folder of their run
 * (cell_folder.h) are checked, and what they hold is moved into the run.
 *
 * A cell is refused, and left where it is, when it is of another plan, not whole, or of a host that
 * is not of the kind of those before it (host_kind_differences()). The rest is brought
 * nevertheless.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "executor.h"
#include "store.h"

struct bring_cells {
    const char *dir;
    const struct stored_run *stored; /* as it was when this began */

    /* What became of it. */
    int64_t *missing; /* numbers of cells that nobody has measured */
    size_t missing_count;
    int64_t *refused; /* and of those that lie there and are not brought */
    size_t refused_count;
    char **why; /* of each refused one, a sentence */
    size_t brought;
    struct run kind; /* of what host the run is; blocks 0: of none yet */
};

void bring_cells_release(struct bring_cells *bring);
DEFINE_AUTO(bring_cells, bring_cells_release)

/* `bring` is borrowed. It has no passes: they come with their cells. */
struct executor bring_cells(struct bring_cells *bring);

int64_t bring_cells_number(const struct bring_cells *bring, const struct cell *cell);

/* One more that nobody has measured. */
void bring_cells_miss(struct bring_cells *bring, int64_t number);

/* One cell that is whole; 0 also when it was refused. */
int bring_cell(struct bring_cells *bring, const struct cell *cell, const struct cell_client *client,
               struct err *err);

/* The `pass` of an executor whose cells bring theirs: never carried out. */
int bring_cells_no_pass(void *state, const struct pass_request *request, struct pass *pass,
                        struct err *err);
