#include "compile_touch.h"

#include <stdlib.h>

/* live_block.flags: what is known of how far a block was written. */
enum { BY_WORDS = 1, KNOWN = 2, LATER = 4 };

/* What is large where the trace says nothing of extents. */
enum { LARGE_BYTES = 8192 };

uint64_t compile_touch_all(uint64_t bytes)
{
    return bytes < COMPILED_TOUCH_LEN ? bytes : COMPILED_TOUCH_LEN;
}

static uint64_t least_bytes(const struct compile *compile)
{
    uint64_t least = compile->order.file->control.touch_least_bytes;
    return least > 0 ? least : LARGE_BYTES;
}

bool compile_touch_told(const struct compile *compile, uint64_t bytes)
{
    return bytes >= least_bytes(compile);
}

void compile_touch_allocated(const struct compile *compile, struct live_block *block)
{
    if (compile_touch_told(compile, block->bytes))
        block->flags = BY_WORDS;
}

static uint64_t *touch_of(const struct compile *compile, const struct live_block *block)
{
    return compile_lanes_word(&compile->lanes, block->place + 3);
}

static void add_later(struct compile *compile, struct live_block *block, uint64_t touch)
{
    block->note = touch;
    if (block->flags & LATER)
        return;
    block->flags |= LATER;
    if (compile->later_count == compile->later_room) {
        compile->later_room = compile->later_room ? 2 * compile->later_room : 64;
        compile->later = reallocarray(compile->later, compile->later_room, sizeof *compile->later);
        if (!compile->later)
            abort();
    }
    compile->later[compile->later_count++] = block->name;
}

/* What no look saw before was written at once; what a look had not seen, when the next one saw it:
 * behind the end that is too late for us. */
void compile_touch_extent(struct compile *compile, const struct ordered_event *of, bool behind_end)
{
    struct live_block *block = of->block;
    const struct trace_event *event = of->event;
    uint64_t touch = compile_touch_all(event->bytes) |
                     (event->flags & TRACE_EXTENT_TAIL ? COMPILED_TOUCH_TAIL : 0);
    if (!(block->flags & BY_WORDS) || event->flags & TRACE_EXTENT_UNKNOWN)
        return;
    if (block->epoch == compile_lanes_epoch(&compile->lanes) ||
        (event->since_ms == 0 && !(block->flags & KNOWN))) {
        *touch_of(compile, block) = touch;
    } else {
        if (!(block->flags & KNOWN))
            *touch_of(compile, block) = 0;
        if (!behind_end && touch > 0)
            add_later(compile, block, touch);
    }
    block->flags |= KNOWN;
}

bool compile_touch_going(const struct compile *compile, const struct live_block *block)
{
    if (block->flags & BY_WORDS && !(block->flags & KNOWN))
        compile->facts->unknown_touch_bytes += block->bytes;
    return block->flags & LATER;
}

static struct live_block *find(const struct compile *compile, uint64_t name)
{
    return live_blocks_find(&compile->order.live,
                            (struct trace_block_name){.stream = (uint32_t)(name >> 40),
                                                      .sequence = name & TRACE_SEQUENCE_MAX});
}

int compile_touch_later(struct compile *compile, struct err *err)
{
    const size_t lane = compile_lanes_present(&compile->lanes);
    int code = 0;
    for (size_t i = 0; code == 0 && i < compile->later_count; i++) {
        struct live_block *block = find(compile, compile->later[i]);
        if (!block || !(block->flags & LATER))
            continue;
        block->flags &= ~(uint32_t)LATER;
        const uint64_t words[] = {compiled_word(COMPILED_TOUCH, 0, block->slot), block->note};
        code = compile_lanes_put(&compile->lanes, lane, words, 2, NULL, err);
    }
    compile->later_count = 0;
    return code;
}

/* Looks would have seen what was written of one that lived for longer than a look takes to come
 * again; that is left to the reader: unknown. */
void compile_touch_finish(const struct compile *compile)
{
    const struct live_blocks *live = &compile->order.live;
    for (size_t i = 0; i < live->room; i++)
        if (live->table[i].name != 0)
            (void)compile_touch_going(compile, &live->table[i]);
}
