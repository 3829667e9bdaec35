/*
 * recorder_hot: what happens in every call. Internal; inline.
 *
 * A block that returns is written down after the real call, one that goes before it: between the
 * two it is nobody else's, and its entry neither. Busy is set before room is looked at: a handler
 * that comes in between has its own stream.
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
                                 size_t kept_bytes)
{
    uint64_t name = thread->base | ++thread->sequence;
    uint64_t *entry = recorder_entry(block, true);
    thread->calls++;
    thread->requested_bytes += bytes;
    if (__builtin_expect(!entry, 0)) {
        recorder_count(&recorder_control->lost_events);
    } else if (__builtin_expect(bytes >= recorder_large_bytes, 0)) {
        *entry = name | RECORDER_LARGE;
        recorder_touch_begin(thread, block, bytes, kept_bytes, name | RECORDER_LARGE);
    } else {
        *entry = name;
    }
}

static inline void recorder_failed(void)
{
    if (recorder_control)
        recorder_count(&recorder_control->failed_calls);
}

/* A block that malloc or calloc returned. Returns it. */
static inline void *recorder_returned(void *block, size_t bytes, enum trace_kind kind)
{
    if (__builtin_expect(!block, 0)) {
        recorder_failed();
        return block;
    }
    struct recorder_thread *thread = recorder_enter();
    if (__builtin_expect(!thread, 0))
        return block;
    recorder_put(thread, kind, bytes);
    recorder_name(thread, block, bytes, 0);
    recorder_leave(thread);
    return block;
}

static inline void *recorder_returned_aligned(void *block, size_t alignment, size_t bytes)
{
    if (!block) {
        recorder_failed();
        return block;
    }
    struct recorder_thread *thread = recorder_enter();
    if (!thread)
        return block;
    recorder_put(thread, TRACE_ALIGNED, bytes);
    recorder_put_operand(thread, alignment > 1 ? 63U - (unsigned)__builtin_clzll(alignment) : 0);
    recorder_name(thread, block, bytes, 0);
    recorder_leave(thread);
    return block;
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

/* Before `block` goes. */
static inline void recorder_going(void *block)
{
    struct recorder_thread *thread = recorder_enter();
    uint64_t *entry = recorder_entry(block, false);
    uint64_t name = entry ? *entry : 0;
    if (entry)
        *entry = 0;
    if (__builtin_expect(!thread, 0))
        return;
    if (__builtin_expect(name == 0, 0)) {
        recorder_unknown(thread);
        recorder_leave(thread);
        return;
    }
    if (__builtin_expect(name & RECORDER_LARGE, 0))
        recorder_touch_end(thread, block, name);
    recorder_put_free(thread, name);
    recorder_leave(thread);
}
