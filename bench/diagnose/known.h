/*
 * known: growths whose cause is known, recognised in a diagnosis: by the names of the calls where
 * there are symbols, by the size and number of the blocks where there are none.
 */
#pragma once

#include "diagnose.h"

/* A paragraph: what it is, how it was recognised, what to do. NULL: none of the known ones. */
const char *known_cause(const struct diagnosis *diagnosis, char *out, size_t size);
