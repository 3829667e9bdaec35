/*
 * live_view: --live: where the page is, and in the end what it cost, on standard error.
 */
#pragma once

#include "live.h"
#include "store.h"

/* Open once the driver is pinned: the server's thread stays on the same core. `runner` has its
 * plan, workloads and rows. */
int live_view_open(const struct runner *runner, const struct run *run, struct live **out,
                   struct err *err);
void live_view_close(struct live *live);
