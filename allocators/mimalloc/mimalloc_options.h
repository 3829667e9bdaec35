/*
 * mimalloc_options: its options by the names of the version that runs. They change from version to
 * version (decommit_delay of 2.0 is purge_delay from 2.1 on), and a variable MIMALLOC_<NAME> that
 * names none is ignored in silence. Runs in the subject; allocates nothing.
 */
#pragma once

#include <stddef.h>

#include "allocator.h"

/* Each option with its value in force; then each variable of the environment that is none. */
void mimalloc_options(allocator_option_fn *emit, void *context);

/* -EINVAL and a sentence where the environment sets variables and not one of them is an option of
 * this version: the row would be measured as if nothing were set. */
int mimalloc_check_settings(char *out_why, size_t size);
