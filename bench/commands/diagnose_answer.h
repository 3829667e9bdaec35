/*
 * diagnose_answer: what `heapchurn diagnose` has found, printed, and stored in the folder.
 */
#pragma once

#include "diagnose.h"
#include "verdict.h"

/* `plain` is the pass without a tool, which gave the verdict; `diagnoses` those under tools. */
int diagnose_answer(const struct diagnose_request *request, const struct diagnosis *plain,
                    const struct verdict *verdict, struct diagnosis *diagnoses, size_t count,
                    struct err *err);
