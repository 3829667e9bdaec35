#include "recorder_touch.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "recorder_extent.h"
#include "recorder_hot.h"

enum {
    PAGE = 4096,
    LOOKS_AT_ONCE = 4,
    ASKED_AT_ONCE = 256, /* whether they are due */
    SEEN_PAGES_SHIFT = 40,
    SEEN_TAG_SHIFT = 32,
    SEEN_TAG = 0x7,
    SEEN_LOOKS_SHIFT = 35,
    SEEN_LOOKS_MAX = 15,
    SEEN_PAGES_MAX = (1 << 22) - 1,
    SEEN_HOLES_SHIFT = 62,
    WATCH_ROOM = PAGE / sizeof(struct recorder_watched),
};

/* Beside the size of a block whose pages could not be taken away. */
#define CANNOT_TELL (RECORDER_LARGE >> 1)

/* What a look remembers: more than before is one more of these. A byte at the front is one, too. */
static size_t pages_of(const struct recorder_extent *extent)
{
    return (extent->written + PAGE - 1) / PAGE + (extent->behind + PAGE - 1) / PAGE;
}

/* Entries behind the block's own, perhaps in the next leaf. */
static uint64_t *known(const void *block, unsigned which, bool make)
{
    return recorder_entry((const uint8_t *)block + ((size_t)which << RECORDER_GRANULE_BITS), make);
}

static uint64_t tag_of(uint64_t name)
{
    return (name & SEEN_TAG) << SEEN_TAG_SHIFT;
}

static uint64_t seen_of(uint64_t name, size_t pages, uint64_t ms)
{
    uint64_t most = pages < SEEN_PAGES_MAX ? pages : SEEN_PAGES_MAX;
    return most << SEEN_PAGES_SHIFT | tag_of(name) | (ms & UINT32_MAX);
}

/* How often it was looked at, up to SEEN_LOOKS_MAX. */
static uint64_t seen_looks(uint64_t seen)
{
    return seen >> SEEN_LOOKS_SHIFT & SEEN_LOOKS_MAX;
}

static size_t seen_pages(uint64_t seen)
{
    return (size_t)(seen >> SEEN_PAGES_SHIFT & SEEN_PAGES_MAX);
}

/* What need not be looked at again: so many pages from its front. */
static size_t seen_whole(uint64_t seen)
{
    return seen >> SEEN_HOLES_SHIFT & 1 ? 0 : seen_pages(seen);
}

static uint64_t size_of(const void *block)
{
    const uint64_t *size = known(block, 1, false);
    return size ? *size : 0;
}

size_t recorder_touch_bytes(const void *block)
{
    return (size_t)(size_of(block) & ~CANNOT_TELL);
}

static bool is_living(const struct recorder_watched *watched)
{
    const uint64_t *entry = recorder_entry(watched->block, false);
    return entry && __atomic_load_n(entry, __ATOMIC_RELAXED) == watched->name;
}

/* Most blocks go long before they are due. */
static void forget_gone(struct recorder_watch *watch)
{
    size_t living = 0;
    for (size_t i = 0; i < watch->count; i++)
        if (is_living(&watch->list[i]))
            watch->list[living++] = watch->list[i];
    watch->count = living;
}

static bool has_room(struct recorder_watch *watch)
{
    if (watch->count < watch->room)
        return true;
    forget_gone(watch);
    if (watch->room > 0 && watch->count < watch->room / 2)
        return true;
    size_t room = watch->room ? 2 * watch->room : WATCH_ROOM;
    void *list = watch->list ? mremap(watch->list, watch->room * sizeof *watch->list,
                                      room * sizeof *watch->list, MREMAP_MAYMOVE)
                             : recorder_memory(room * sizeof *watch->list);
    if (!list || list == MAP_FAILED)
        return watch->count < watch->room;
    watch->list = list;
    watch->room = room;
    return true;
}

/* Without room this one is seen when it goes. */
static void watch(struct recorder_thread *thread, void *block, uint64_t name)
{
    struct recorder_watch *watch = &thread->watch;
    if (recorder_control->look_ms > 0 && has_room(watch))
        watch->list[watch->count++] = (struct recorder_watched){
            block, name, trace_clock_ms(thread->clock) + recorder_control->look_ms};
}

void recorder_touch_begin(struct recorder_thread *thread, void *block, size_t bytes, size_t kept,
                          bool zeroed, uint64_t name)
{
    int saved = errno;
    uint64_t *size = known(block, 1, true);
    uint64_t *seen = known(block, 2, true);
    bool cleared =
        kept >= bytes || recorder_extent_begin((uint8_t *)block + kept, bytes - kept, zeroed);
    if (size)
        *size = (bytes < CANNOT_TELL ? bytes : CANNOT_TELL - 1) | (cleared ? 0 : CANNOT_TELL);
    if (seen)
        *seen = seen_of(name, 0, trace_clock_ms(thread->clock));
    if (size && seen && cleared)
        watch(thread, block, name);
    errno = saved;
}

/* `seen` is what was known before. */
static void put_extent(struct recorder_thread *thread, uint64_t name,
                       const struct recorder_extent *extent, uint64_t seen)
{
    uint64_t now_ms = trace_clock_ms(thread->clock) & UINT32_MAX;
    uint64_t since_ms = seen_looks(seen) ? (now_ms - seen) & UINT32_MAX : 0;
    if (seen_looks(seen) && since_ms == 0)
        since_ms = 1;
    recorder_put(thread, TRACE_MORE, extent->behind > 0 ? TRACE_HOLED : TRACE_EXTENT);
    recorder_put_ref(thread, name);
    recorder_put_operand(thread, extent->written);
    if (extent->behind > 0) {
        recorder_put_operand(thread, extent->hole);
        recorder_put_operand(thread, extent->behind);
    } else {
        recorder_put_operand(thread, extent->flags);
    }
    recorder_put_operand(thread, since_ms);
}

/* `copy` as recorder_extent_look() has it; NULL: the block is ours. */
static void end(struct recorder_thread *thread, const void *block, uint64_t name, uint8_t *copy)
{
    int saved = errno;
    size_t bytes = recorder_touch_bytes(block);
    const uint64_t *seen = known(block, 2, false);
    struct recorder_extent extent = {.written = bytes, .flags = TRACE_EXTENT_UNKNOWN};
    size_t told = seen ? seen_pages(*seen) : 0; /* by an EXTENT of a look */
    if (bytes > 0 && seen && seen_whole(*seen) * PAGE >= bytes)
        return;
    if (bytes && !(size_of(block) & CANNOT_TELL))
        extent = copy ? recorder_extent_look(block, bytes, seen ? seen_whole(*seen) : 0, copy)
                      : recorder_extent_measure(block, bytes);
    if (told == 0 || pages_of(&extent) > told || extent.flags & TRACE_EXTENT_UNKNOWN)
        put_extent(thread, name, &extent, seen ? *seen : 0);
    errno = saved;
}

void recorder_touch_end(struct recorder_thread *thread, void *block, uint64_t name)
{
    end(thread, block, name, NULL);
}

/* True: it need not be looked at again. */
static bool look(struct recorder_thread *thread, struct recorder_watched *watched)
{
    uint64_t now_ms = trace_clock_ms(thread->clock) & UINT32_MAX;
    const uint64_t *entry = recorder_entry(watched->block, false);
    uint64_t *seen = known(watched->block, 2, false);
    size_t bytes = recorder_touch_bytes(watched->block);
    if (!entry || !seen || __atomic_load_n(entry, __ATOMIC_RELAXED) != watched->name)
        return true;
    uint64_t before = __atomic_load_n(seen, __ATOMIC_RELAXED);
    size_t pages_before = seen_pages(before);
    uint64_t looks = seen_looks(before);
    looks = looks < SEEN_LOOKS_MAX ? looks + 1 : looks;
    struct recorder_extent extent =
        recorder_extent_look(watched->block, bytes, seen_whole(before), thread->watch.copy);
    size_t pages = pages_of(&extent);
    if (extent.flags & TRACE_EXTENT_UNKNOWN)
        return true;
    pages = pages > pages_before ? pages : pages_before;
    uint64_t after = seen_of(watched->name, pages, now_ms) | looks << SEEN_LOOKS_SHIFT |
                     (uint64_t)(extent.behind > 0) << SEEN_HOLES_SHIFT;
    if (__atomic_load_n(entry, __ATOMIC_ACQUIRE) != watched->name ||
        (before & (uint64_t)SEEN_TAG << SEEN_TAG_SHIFT) != tag_of(watched->name) ||
        !__atomic_compare_exchange_n(seen, &before, after, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED))
        return true; /* it went meanwhile */
    if (pages > pages_before)
        put_extent(thread, watched->name, &extent, before);
    watched->due_ms =
        trace_clock_ms(thread->clock) + ((uint64_t)recorder_control->look_ms << looks);
    return seen_whole(after) * PAGE >= bytes;
}

static bool has_copy(struct recorder_watch *watch)
{
    if (!watch->copy)
        watch->copy = recorder_memory(RECORDER_COPY_BYTES);
    return watch->copy != NULL;
}

/* Each look may write 56 bytes; the room behind the limit is for more than that. */
void recorder_touch_look(struct recorder_thread *thread)
{
    struct recorder_watch *watch = &thread->watch;
    if (!has_copy(watch))
        return;
    const uint64_t now_ms = trace_clock_ms(thread->clock);
    unsigned looks = 0;
    for (unsigned i = 0; i < ASKED_AT_ONCE && i < watch->count && looks < LOOKS_AT_ONCE; i++) {
        if (thread->state->cursor >= thread->state->limit)
            return;
        if (watch->next >= watch->count)
            watch->next = 0;
        struct recorder_watched *watched = &watch->list[watch->next];
        const bool due = now_ms >= watched->due_ms;
        looks += due;
        if (due && look(thread, watched))
            *watched = watch->list[--watch->count];
        else
            watch->next++;
    }
}

bool recorder_touch_look_at_end(struct recorder_thread *thread)
{
    struct recorder_watch *watch = &thread->watch;
    __atomic_thread_fence(__ATOMIC_ACQUIRE); /* who sees the clock of the end, sees that it is */
    if (__atomic_load_n(&recorder_control->end_clock, __ATOMIC_RELAXED) == 0)
        return false;
    while (watch->next_at_end < watch->count && has_copy(watch)) {
        struct recorder_watched *watched = &watch->list[watch->next_at_end];
        if (thread->state->cursor >= thread->state->limit)
            return true;
        if (look(thread, watched))
            *watched = watch->list[--watch->count];
        else
            watch->next_at_end++;
    }
    watch->next_at_end = SIZE_MAX;
    return false;
}

static void at_exit(void *context, uint64_t *entry, void *block)
{
    struct recorder_thread *thread = context;
    uint64_t name = *entry;
    if (name >> RECORDER_STREAM_SHIFT < recorder_first_stream())
        return; /* inherited: the parent's to tell */
    if (thread->state->cursor < thread->state->limit || recorder_make_ready(thread))
        end(thread, block, name, thread->watch.copy);
}

void recorder_touch_exit(struct recorder_thread *thread)
{
    if (recorder_large_bytes != SIZE_MAX && has_copy(&thread->watch))
        recorder_names_large(at_exit, thread);
}

void recorder_touch_forget(struct recorder_thread *thread)
{
    struct recorder_watch *watch = &thread->watch;
    if (watch->list)
        (void)munmap(watch->list, watch->room * sizeof *watch->list);
    if (watch->copy)
        (void)munmap(watch->copy, RECORDER_COPY_BYTES);
    *watch = (struct recorder_watch){.list = NULL};
}
