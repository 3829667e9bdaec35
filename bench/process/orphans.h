/*
 * orphans: what the driver's processes left behind. The driver is a subreaper: a grandchild that
 * left its group (setsid) and lost its parent is its child by now.
 */
#pragma once

#include <stddef.h>

#include "process_tree.h"

/* The children that there are now were left by whoever became this program by exec, as a shell does
 * with `exec heapchurn`, and are spared by what follows. Before the first start. */
void orphans_spare(void);

/* Add every other child this process has now. */
void orphans_list(struct process_tree *out);

/* How many of the others run; those that have ended are reaped. */
size_t orphans_count(void);

/* Kill every other child and whoever descends from it, without waiting. They are stopped first, all
 * of them, so that who starts processes faster than they can be killed does not escape. */
void orphans_kill(void);

/* Kill and reap every other child this process still has: call it when no process of its own is
 * wanted any more. What the kernel does not let go within some seconds is left to it. */
void orphans_end(void);
