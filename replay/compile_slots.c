#include "compile_slots.h"

#include <stdlib.h>

/* Not grow.h: these shrink too, again and again. */
static void put(struct slot_pool *pool, uint32_t slot)
{
    if (pool->count == pool->room) {
        pool->room = pool->room ? 2 * pool->room : 64;
        pool->slots = reallocarray(pool->slots, pool->room, sizeof *pool->slots);
        if (!pool->slots)
            abort();
    }
    pool->slots[pool->count++] = slot;
}

static void move_all(struct slot_pool *from, struct slot_pool *to)
{
    while (from->count > 0)
        put(to, from->slots[--from->count]);
}

void compile_slots_open(struct compile_slots *slots, size_t lanes)
{
    *slots = (struct compile_slots){.own = calloc(lanes, sizeof *slots->own), .lanes = lanes};
    if (!slots->own)
        abort();
}

void compile_slots_close(struct compile_slots *slots)
{
    for (size_t i = 0; i < slots->lanes; i++)
        free(slots->own[i].slots);
    free(slots->own);
    free(slots->common.slots);
    free(slots->pending.slots);
    free(slots->resting.slots);
    *slots = (struct compile_slots){.own = NULL};
}

uint32_t compile_slots_take(struct compile_slots *slots, size_t lane)
{
    struct slot_pool *own = &slots->own[lane];
    if (own->count > 0)
        return own->slots[--own->count];
    if (slots->common.count > 0)
        return slots->common.slots[--slots->common.count];
    return slots->count < UINT32_MAX ? (uint32_t)slots->count++ : UINT32_MAX;
}

void compile_slots_give(struct compile_slots *slots, size_t lane, bool foreign, uint32_t slot)
{
    if (foreign) {
        put(&slots->pending, slot);
    } else if (slots->lanes == 1) {
        put(&slots->own[lane], slot);
    } else {
        put(&slots->resting, (uint32_t)lane);
        put(&slots->resting, slot);
    }
}

void compile_slots_end_lane(struct compile_slots *slots, size_t lane)
{
    move_all(&slots->own[lane], &slots->pending);
    free(slots->own[lane].slots);
    slots->own[lane] = (struct slot_pool){.slots = NULL};
}

void compile_slots_end_epoch(struct compile_slots *slots)
{
    move_all(&slots->pending, &slots->common);
    for (size_t i = 0; i < slots->resting.count; i += 2)
        put(&slots->own[slots->resting.slots[i]], slots->resting.slots[i + 1]);
    slots->resting.count = 0;
}
