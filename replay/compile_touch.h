/*
 * compile_touch: when how much of a large block is written, as far as the trace tells. Internal to
 * replay/.
 *
 * Such a block is touched by the words that allocate it, which are filled in when an EXTENT tells
 * how far; or by words of their own, when the look before that EXTENT had seen less.
 */
#pragma once

#include "compile_state.h"

/* Is it told how far blocks of this size are written? */
bool compile_touch_told(const struct compile *compile, uint64_t bytes);

/* The block was allocated by words that say how it is touched. */
void compile_touch_allocated(const struct compile *compile, struct live_block *block);

/* An EXTENT of a living block. Behind the end what was written before it counts, as far as looks
 * can tell. */
void compile_touch_extent(struct compile *compile, const struct ordered_event *of, bool behind_end);

/* It goes: is a touch of it still to come? If nothing told how far it was written, that is counted.
 */
bool compile_touch_going(const struct compile *compile, const struct live_block *block);

/* The touch of a block of which one is still to come: now, by this lane. */
int compile_touch_put(struct compile *compile, size_t lane, const struct live_block *block,
                      struct err *err);

/* Touches that looks saw, when an epoch ends: by a lane that is there anyway. The blocks are older
 * than the epoch, and live when it ends, so that nobody frees them meanwhile. */
int compile_touch_later(struct compile *compile, struct err *err);

/* Count what nothing was told of, of blocks that lived on in a program that was cut off. */
void compile_touch_finish(const struct compile *compile);
