/*
 * synthetic_replay: a stored run of a trace whose original is known: three rows, glibc, jemalloc
 * and mimalloc, on straight lines.
 */
#pragma once

#include <stdbool.h>

#include "store.h"

struct synthetic_replay {
    double glibc, jemalloc; /* original over replay; 0: the trace holds none */
    const char *counter;    /* of the trace, that is 1 (trace_cores: 8); NULL: none */
    double recorded;        /* the recorded run over the replay on glibc; 0: it tells nothing */
    double mimalloc;        /* its memory over that of glibc; 0: 0.7 */
    double mimalloc_cpu;    /* likewise its CPU; 0: 1 */
    double least, most;     /* two more originals on jemalloc, over the replay; 0: none */
    bool peaks_agree;       /* they differ at the end alone */
    bool emptied;           /* next to nothing lives at the end */
    bool untold;            /* what lies outside jemalloc's heap is not known */
};

void synthetic_replay_build(const struct synthetic_replay *plan, struct stored_run *out);
