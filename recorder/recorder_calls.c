/* What a call needs when not all is well at once: recorder_hot.h; and calls of the recorder's own.
 */
#include <string.h>

#include "recorder_hot.h"

/* NULL: there is nothing to write down, or nobody may now. */
static struct recorder_thread *enter_for(const void *block)
{
    if (!block)
        recorder_failed();
    return block ? recorder_enter() : NULL;
}

void *recorder_returned_slowly(void *block, size_t bytes, enum trace_kind kind)
{
    struct recorder_thread *thread = enter_for(block);
    if (!thread)
        return block;
    recorder_put(thread, kind, bytes);
    recorder_name(thread, block, bytes, 0, kind == TRACE_CALLOC);
    recorder_leave(thread);
    return block;
}

void *recorder_returned_aligned(void *block, size_t alignment, size_t bytes)
{
    struct recorder_thread *thread = enter_for(block);
    if (!thread)
        return block;
    recorder_put(thread, TRACE_ALIGNED, bytes);
    recorder_put_operand(thread, alignment > 1 ? 63U - (unsigned)__builtin_clzll(alignment) : 0);
    recorder_name(thread, block, bytes, 0, false);
    recorder_leave(thread);
    return block;
}

/* operator delete has told already, and now its allocator's free is called. */
static bool is_told(const void *block)
{
    if (!recorder_self.deleting || recorder_self.busy)
        return false;
    const uint64_t *entry = recorder_entry(block, false);
    return !entry || *entry == 0;
}

void recorder_unknown(struct recorder_thread *thread)
{
    if (!thread->deleting && !recorder_self.deleting)
        recorder_count(&recorder_control->unknown_frees);
}

void recorder_going_slowly(void *block)
{
    if (is_told(block))
        return;
    struct recorder_thread *thread = recorder_enter();
    uint64_t *entry = recorder_entry(block, false);
    uint64_t name = entry ? *entry : 0;
    if (entry)
        *entry = 0;
    if (!thread)
        return;
    if (name == 0) {
        recorder_unknown(thread);
        recorder_leave(thread);
        return;
    }
    if (name & RECORDER_LARGE)
        recorder_touch_end(thread, block, name);
    recorder_put_free(thread, name);
    recorder_leave(thread);
}

__attribute__((visibility("default"))) void heapchurn_mark(const char *text)
{
    struct recorder_thread *thread = recorder_enter();
    if (!thread)
        return;
    size_t length = strnlen(text, TRACE_MARK_BYTES_MAX);
    recorder_put(thread, TRACE_MORE, TRACE_MARK);
    recorder_put_operand(thread, length);
    (void)memcpy(thread->state->cursor, text, length);
    thread->state->cursor += length;
    recorder_leave(thread);
}
