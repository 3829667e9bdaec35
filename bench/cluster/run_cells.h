/*
 * run_cells: a run that has been made is made ready for cells.
 */
#pragma once

#include "err.h"
#include "store.h"

/* The folder of cells, and in run.json the builds that each host must have. The run has no trials
 * yet; it is locked. `programs`: NULL: beside heapchurn. */
int run_cells_prepare(const char *dir, struct run *run, const char *programs, struct err *err);
