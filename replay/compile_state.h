/*
 * compile_state: what is known while a trace is compiled. Internal to replay/.
 */
#pragma once

#include "compile.h"
#include "compile_drift.h"
#include "compile_lanes.h"
#include "compile_slots.h"
#include "compiled_trace.h"

struct later_touch {
    uint64_t name; /* of the block, whose note is the index of this */
    struct compiled_touch touch;
};

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
    struct later_touch *later; /* touches that are not written yet */
    size_t later_count;
    struct compiled_facts *facts;
};
