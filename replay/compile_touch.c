#include "compile_touch.h"

#include <string.h>

#include "grow.h"

/* live_block.flags: what is known of how far a block was written. */
enum { BY_WORDS = 1, KNOWN = 2, LATER = 4 };

/* What is large where the trace says nothing of extents. */
enum { LARGE_BYTES = 8192 };

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

static void set_touch(const struct compile *compile, const struct live_block *block,
                      struct compiled_touch touch)
{
    (void)memcpy(compile_lanes_word(&compile->lanes, block->place + COMPILED_TOUCH_AT), &touch,
                 sizeof touch);
}

static void add_later(struct compile *compile, struct live_block *block,
                      struct compiled_touch touch)
{
    if (!(block->flags & LATER)) {
        compile->later = grow(compile->later, compile->later_count, sizeof *compile->later);
        compile->later[compile->later_count].name = block->name;
        block->note = compile->later_count++;
        block->flags |= LATER;
    }
    compile->later[block->note].touch = touch;
}

static struct compiled_touch touch_of(const struct trace_event *event,
                                      const struct live_block *block)
{
    struct compiled_touch touch = {event->bytes, event->hole_bytes, event->behind_bytes};
    if (event->flags & TRACE_EXTENT_TAIL && touch.front < block->bytes)
        touch = (struct compiled_touch){touch.front, block->bytes - touch.front - 1, 1};
    return touch;
}

/* What no look saw before was written at once; what a look had not seen, when the next one saw it:
 * behind the end that is too late for us. */
void compile_touch_extent(struct compile *compile, const struct ordered_event *of, bool behind_end)
{
    struct live_block *block = of->block;
    const struct trace_event *event = of->event;
    const struct compiled_touch touch = touch_of(event, block);
    if (!(block->flags & BY_WORDS) || event->flags & TRACE_EXTENT_UNKNOWN)
        return;
    if (block->epoch == compile_lanes_epoch(&compile->lanes) ||
        (event->since_ms == 0 && !(block->flags & KNOWN))) {
        set_touch(compile, block, touch);
    } else {
        if (!(block->flags & KNOWN))
            set_touch(compile, block, (struct compiled_touch){0, 0, 0});
        if (!behind_end && touch.front + touch.behind > 0)
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

int compile_touch_put(struct compile *compile, size_t lane, const struct live_block *block,
                      struct err *err)
{
    const struct compiled_touch touch = compile->later[block->note].touch;
    const uint64_t words[] = {compiled_word(COMPILED_TOUCH, 0, block->slot), block->bytes,
                              touch.front, touch.hole, touch.behind};
    return compile_lanes_put(&compile->lanes, lane, words, ARRAY_LENGTH(words), NULL, err);
}

int compile_touch_later(struct compile *compile, struct err *err)
{
    const size_t lane = compile_lanes_present(&compile->lanes);
    int code = 0;
    for (size_t i = 0; code == 0 && i < compile->later_count; i++) {
        struct live_block *block = find(compile, compile->later[i].name);
        if (!block || !(block->flags & LATER))
            continue;
        block->flags &= ~(uint32_t)LATER;
        code = compile_touch_put(compile, lane, block, err);
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
