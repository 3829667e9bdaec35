#include "live_blocks.h"

#include <stdlib.h>

enum { FIRST_ROOM = 1024, NEIGHBOURS_LOG2 = 3 };

static uint64_t key_of(struct trace_block_name name)
{
    return (uint64_t)name.stream << 40 | name.sequence;
}

/* Fibonacci hashing, of eight neighbours in a stream at a time: they are returned one after the
 * other, and most of them are given back so, too. */
static size_t home_of(const struct live_blocks *blocks, uint64_t key)
{
    uint64_t group = key >> NEIGHBOURS_LOG2;
    uint64_t mixed = (group ^ group >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    uint64_t own = key & ((1 << NEIGHBOURS_LOG2) - 1);
    return (size_t)(mixed >> 20 << NEIGHBOURS_LOG2 | own) & (blocks->room - 1);
}

void live_blocks_release(struct live_blocks *blocks)
{
    free(blocks->table);
    *blocks = (struct live_blocks){.table = NULL};
}

struct live_block *live_blocks_find(const struct live_blocks *blocks, struct trace_block_name name)
{
    uint64_t key = key_of(name);
    if (blocks->room == 0)
        return NULL;
    for (size_t i = home_of(blocks, key);; i = (i + 1) & (blocks->room - 1)) {
        struct live_block *block = &blocks->table[i];
        if (block->name == key)
            return block;
        if (block->name == 0)
            return NULL;
    }
}

static struct live_block *free_place(const struct live_blocks *blocks, uint64_t key)
{
    size_t i = home_of(blocks, key);
    while (blocks->table[i].name != 0 && blocks->table[i].name != key)
        i = (i + 1) & (blocks->room - 1);
    return &blocks->table[i];
}

static void make_room(struct live_blocks *blocks)
{
    struct live_blocks larger = {.room = blocks->room ? 2 * blocks->room : FIRST_ROOM,
                                 .count = blocks->count};
    larger.table = calloc(larger.room, sizeof *larger.table);
    if (!larger.table)
        abort();
    for (size_t i = 0; i < blocks->room; i++)
        if (blocks->table[i].name != 0)
            *free_place(&larger, blocks->table[i].name) = blocks->table[i];
    free(blocks->table);
    *blocks = larger;
}

struct live_block *live_blocks_add(struct live_blocks *blocks, struct trace_block_name name)
{
    uint64_t key = key_of(name);
    if (blocks->count * 3 >= blocks->room * 2)
        make_room(blocks);
    struct live_block *block = free_place(blocks, key);
    if (block->name != 0)
        return NULL;
    *block = (struct live_block){.name = key};
    blocks->count++;
    return block;
}

/* Those behind it that could not stand where they belong move up, so that no gap parts them from
 * there. */
void live_blocks_remove(struct live_blocks *blocks, struct live_block *block)
{
    size_t mask = blocks->room - 1;
    size_t gap = (size_t)(block - blocks->table);
    for (size_t i = (gap + 1) & mask; blocks->table[i].name != 0; i = (i + 1) & mask) {
        size_t home = home_of(blocks, blocks->table[i].name);
        if (((i - home) & mask) >= ((i - gap) & mask)) {
            blocks->table[gap] = blocks->table[i];
            gap = i;
        }
    }
    blocks->table[gap].name = 0;
    blocks->count--;
}
