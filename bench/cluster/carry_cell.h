/*
 * carry_cell: one cell of a run, carried out on this machine in a folder of its own
 * (cell_folder.h).
 *
 * Before the first trial the machine is looked at, as `heapchurn doctor` does: one that is unfit,
 * has other builds than the run was planned with, or a clock of its own, measures nothing and says
 * why. What was begun on a host of this name and is not finished goes on where it was.
 *
 * The cell of a workload's first block brings the workload's passes too.
 */
#pragma once

#include <stdint.h>

#include "err.h"
#include "measure.h"

struct carry_cell {
    const char *dir;      /* of the run; nothing is written but below its `cells` */
    const char *node;     /* what this host is called; NULL: uname -n */
    const char *programs; /* NULL: beside heapchurn */
    const struct measure_observer *observer;
};

/* 0: the cell is whole. -ERANGE: the run has no such cell. -EEXIST: it is whole or collected
 * already. -EPERM: this host is unfit; -EXDEV: it is not of the run's kind. -EINTR, and others of
 * the harness. But for the first two the sentence stands in the cell's `.failed` as well. */
int carry_cell(const struct carry_cell *with, int64_t number, struct err *err);
