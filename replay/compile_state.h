/*
 * compile_state: what is known while a trace is compiled. Internal to replay/.
 */
#pragma once

#include "compile.h"
#include "compile_drift.h"
#include "compile_lanes.h"
#include "compile_slots.h"

struct compile {
    struct trace_order order;
    struct compile_lanes lanes;
    struct compile_slots slots;
    struct compile_drift drift;
    struct compiled_slice *slices;
    uint32_t slice_count, slices_done;
    uint64_t events_planned;
    size_t main;
    uint64_t clock, first_ms;
    bool begun;
    struct compiled_slice now; /* counts up to here */
    uint64_t *later;           /* names of blocks with a touch that is not written yet */
    size_t later_count, later_room;
    struct compiled_facts *facts;
};
