/*
 * compile_slots: which slot a block gets (compiled_trace.h says which rule makes that safe).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slot_pool {
    uint32_t *slots;
    size_t count, room;
};

/* Whoever waits for a block waits for its slot: one that was emptied in this epoch is not filled
 * again in it, or the wait would end by what was in it before. With one lane nobody waits. */
struct compile_slots {
    struct slot_pool *own; /* by lane */
    size_t lanes;
    struct slot_pool
        resting; /* pairs: a lane, and a slot that is its own again from the next epoch */
    struct slot_pool common;  /* anybody's */
    struct slot_pool pending; /* anybody's from the next epoch on */
    uint64_t count;           /* slots there are */
};

void compile_slots_open(struct compile_slots *slots, size_t lanes);
void compile_slots_close(struct compile_slots *slots);

/* UINT32_MAX: there are too many. */
uint32_t compile_slots_take(struct compile_slots *slots, size_t lane);

/* A lane has freed a block of its own, or a foreign one. */
void compile_slots_give(struct compile_slots *slots, size_t lane, bool foreign, uint32_t slot);

/* The lane has ended; the epoch has. */
void compile_slots_end_lane(struct compile_slots *slots, size_t lane);
void compile_slots_end_epoch(struct compile_slots *slots);
