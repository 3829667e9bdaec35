/*
 * recorder_hot: what happens in every call. Internal; inline.
 *
 * A block that returns is written down after the real call, one that goes before it: between the
 * two it is nobody else's, and its entry neither. Busy is set before room is looked at: a handler
 * that comes in between has its own stream.
 *
 * recorder_returned() and recorder_going_at_once() do what nearly all calls need, in one piece and
 * without a call: room, the clock unchanged, a small block, one of the thread's own. Where anything
 * else is the case they have changed nothing, and recorder_calls.c does all of it.
 */
#pragma once

#include "recorder_thread.h"
#include "recorder_touch.h"
#include "trace_words.h"

#define RECORDER_BARRIER() __asm__ volatile("" ::: "memory")

static inline struct recorder_thread *recorder_enter(void)
{
    struct recorder_thread *thread = &recorder_self;
    if (__builtin_expect(thread->busy, 0))
        return recorder_enter_nested(thread);
    thread->busy = 1;
    RECORDER_BARRIER();
    const struct recorder_state *state = thread->state;
    if (__builtin_expect(state->cursor >= state->limit || thread->clock != *recorder_clock, 0) &&
        !recorder_make_ready(thread))
        return NULL;
    return thread;
}

static inline void recorder_leave(struct recorder_thread *thread)
{
    RECORDER_BARRIER();
    if (__builtin_expect(thread->ended, 0))
        recorder_leave_ended(thread);
    thread->busy = 0;
}

static inline void recorder_put(struct recorder_thread *thread, enum trace_kind kind,
                                uint64_t value)
{
    thread->state->cursor = trace_put_event(thread->state->cursor, kind, value);
}

static inline void recorder_put_operand(struct recorder_thread *thread, uint64_t value)
{
    thread->state->cursor = trace_put_word(thread->state->cursor, value);
}

static inline bool recorder_owns(const struct recorder_thread *thread, uint64_t name)
{
    return ((name ^ thread->base) >> RECORDER_STREAM_SHIFT) == 0;
}

static inline uint64_t recorder_from_foreign(struct recorder_thread *thread, uint64_t name)
{
    uint64_t sequence = name & RECORDER_SEQUENCE;
    uint64_t value = trace_zigzag((int64_t)(sequence - thread->foreign));
    thread->foreign = sequence;
    return value;
}

static inline void recorder_put_ref(struct recorder_thread *thread, uint64_t name)
{
    if (recorder_owns(thread, name)) {
        recorder_put_operand(thread, (thread->sequence - (name & RECORDER_SEQUENCE)) << 1);
        return;
    }
    recorder_put_operand(thread, recorder_from_foreign(thread, name) << 1 | 1);
    recorder_put_operand(thread, name >> RECORDER_STREAM_SHIFT);
}

/* `block` has returned and its event stands there: it gets its name. */
static inline void recorder_name(struct recorder_thread *thread, void *block, size_t bytes,
                                 size_t kept_bytes, bool zeroed)
{
    uint64_t name = thread->base | ++thread->sequence;
    uint64_t *entry = recorder_entry(block, true);
    thread->calls++;
    thread->requested_bytes += bytes;
    if (__builtin_expect(!entry, 0)) {
        recorder_count(&recorder_control->lost_events);
    } else if (__builtin_expect(bytes >= recorder_large_bytes, 0)) {
        *entry = name | RECORDER_LARGE;
        recorder_touch_begin(thread, block, bytes, kept_bytes, zeroed, name | RECORDER_LARGE);
    } else {
        *entry = name;
    }
}

static inline void recorder_failed(void)
{
    if (recorder_control)
        recorder_count(&recorder_control->failed_calls);
}

static inline void recorder_put_free(struct recorder_thread *thread, uint64_t name)
{
    thread->calls++;
    if (__builtin_expect(recorder_owns(thread, name), 1)) {
        recorder_put(thread, TRACE_FREE, thread->sequence - (name & RECORDER_SEQUENCE));
    } else {
        recorder_put(thread, TRACE_FOREIGN, recorder_from_foreign(thread, name));
        recorder_put_operand(thread, name >> RECORDER_STREAM_SHIFT);
    }
}

/* A block whose name is not known goes. */
void recorder_unknown(struct recorder_thread *thread) RECORDER_HIDDEN;

/* All that a call may need; in recorder_calls.c. */
void *recorder_returned_slowly(void *block, size_t bytes, enum trace_kind kind) RECORDER_HIDDEN;
void *recorder_returned_aligned(void *block, size_t alignment, size_t bytes) RECORDER_HIDDEN;
void recorder_going_slowly(void *block) RECORDER_HIDDEN;

/* The entry of a block's address, where there is a leaf for it at its first place. */
static inline uint64_t *recorder_entry_at_once(const void *block)
{
    uint64_t address = (uint64_t)(uintptr_t)block;
    uint64_t key = (address >> RECORDER_LEAF_BITS) + 1;
    uint64_t word = __atomic_load_n(&recorder_root[recorder_root_index(key)], __ATOMIC_RELAXED);
    if (__builtin_expect((word & RECORDER_KEY_MASK) != key, 0))
        return NULL;
    return (uint64_t *)(uintptr_t)(word >> RECORDER_KEY_BITS << 20) +
           ((address & ((1U << RECORDER_LEAF_BITS) - 1)) >> RECORDER_GRANULE_BITS);
}

/* Busy from here on, if it may write at once; else as before. */
static inline bool recorder_enter_at_once(struct recorder_thread *thread)
{
    if (__builtin_expect(thread->occupied, 0))
        return false;
    thread->busy = 1;
    RECORDER_BARRIER();
    const struct recorder_state *state = thread->state;
    if (__builtin_expect(state->cursor < state->limit && thread->clock == *recorder_clock, 1))
        return true;
    thread->busy = 0;
    return false;
}

static inline void recorder_leave_at_once(struct recorder_thread *thread)
{
    RECORDER_BARRIER();
    thread->busy = 0;
}

/* A block that malloc or calloc returned. Returns it. */
static inline void *recorder_returned(void *block, size_t bytes, enum trace_kind kind)
{
    struct recorder_thread *thread = &recorder_self;
    if (__builtin_expect(!block || bytes >= recorder_large_bytes, 0) ||
        !recorder_enter_at_once(thread))
        return recorder_returned_slowly(block, bytes, kind);
    uint64_t *entry = recorder_entry_at_once(block);
    if (__builtin_expect(!entry, 0)) {
        recorder_leave_at_once(thread);
        return recorder_returned_slowly(block, bytes, kind);
    }
    *entry = thread->base | ++thread->sequence;
    recorder_put(thread, kind, bytes);
    thread->calls++;
    thread->requested_bytes += bytes;
    recorder_leave_at_once(thread);
    return block;
}

/* Before `block` goes. False: nothing was done. */
static inline bool recorder_going_at_once(void *block)
{
    struct recorder_thread *thread = &recorder_self;
    if (__builtin_expect(!recorder_enter_at_once(thread), 0))
        return false;
    uint64_t *entry = recorder_entry_at_once(block);
    uint64_t name = entry ? *entry : 0;
    /* Of this stream, and not large: the bits above the sequence are those of `base`. */
    if (__builtin_expect(!entry || (name ^ thread->base) > RECORDER_SEQUENCE, 0)) {
        recorder_leave_at_once(thread);
        return false;
    }
    *entry = 0;
    recorder_put(thread, TRACE_FREE, thread->sequence - (name & RECORDER_SEQUENCE));
    thread->calls++;
    recorder_leave_at_once(thread);
    return true;
}

static inline void recorder_going(void *block)
{
    if (!recorder_going_at_once(block))
        recorder_going_slowly(block);
}
