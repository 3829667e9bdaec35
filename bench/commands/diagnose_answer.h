/*
 * diagnose_answer: what `heapchurn diagnose` has found, printed, and stored in the folder.
 */
#pragma once

#include "attribution.h"
#include "diagnose.h"

/* `plain` is the pass without a tool, which was judged; `diagnoses` those under tools. */
int diagnose_answer(const struct diagnose_request *request, const struct diagnosis *plain,
                    const struct attribution *judged, struct diagnosis *diagnoses, size_t count,
                    struct err *err);
