/*
 * row_preload: what the loader is asked for where a row is put into service (run.h).
 */
#pragma once

#include "registry.h"
#include "run.h"

/* `row` has its name, and its library where it has one of its own. A file that packages keep is
 * asked for by the name that outlives their updates: libtcmalloc.so.4, and not
 * libtcmalloc.so.4.5.10.
 */
void row_preload_place(struct run_row *row, const struct allocator_entry *entry);
