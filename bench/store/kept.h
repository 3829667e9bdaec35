/*
 * kept: texts that scenarios keep with a run (store_keep). Internal to store/.
 */
#pragma once

#include "store.h"

/* Those of all workloads, into run->kept. */
int kept_load(const char *dir, struct stored_run *run, struct err *err);
void kept_release(struct stored_run *run);
