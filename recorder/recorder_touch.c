#include "recorder_touch.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "recorder_hot.h"

enum {
    PAGE = 4096,
    BATCH_PAGES = 2048,
    LOOKS_AT_ONCE = 16,
    SEEN_PAGES_SHIFT = 40,
    SEEN_TAG_SHIFT = 32,
    SEEN_TAG = 0x7,
    SEEN_LOOKS_SHIFT = 35,
    SEEN_LOOKS_MAX = 15,
    SEEN_PAGES_MAX = (1 << 22) - 1,
    WATCH_ROOM = PAGE / sizeof(struct recorder_watched),
};

/* The whole pages within a block; `from` may be behind `to`: there are none. */
struct inside {
    uint8_t *from, *to;
};

static struct inside inside_of(const void *block, size_t bytes)
{
    uintptr_t from = ((uintptr_t)block + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    uintptr_t to = ((uintptr_t)block + bytes) & ~(uintptr_t)(PAGE - 1);
    return (struct inside){(uint8_t *)from, (uint8_t *)(to < from ? from : to)};
}

struct pages {
    size_t resident;
    size_t last;  /* index of the last resident one; of no use without one */
    bool unknown; /* the kernel did not tell */
};

static struct pages count_pages(struct inside inside)
{
    struct pages pages = {.resident = 0};
    unsigned char told[BATCH_PAGES];
    size_t count = (size_t)(inside.to - inside.from) / PAGE;
    for (size_t i = 0; i < count && !pages.unknown; i += BATCH_PAGES) {
        size_t batch = count - i < BATCH_PAGES ? count - i : BATCH_PAGES;
        pages.unknown = mincore(inside.from + i * PAGE, batch * PAGE, told) < 0;
        for (size_t j = 0; !pages.unknown && j < batch; j++)
            if (told[j] & 1) {
                pages.resident++;
                pages.last = i + j;
            }
    }
    return pages;
}

/* Of `bytes` at `at`: how many up to the last that is not zero. Whoever owns them may be gone:
 * what cannot be read is 0. */
static size_t written_bytes(const uint8_t *at, size_t bytes, bool owned)
{
    uint64_t copy[PAGE / sizeof(uint64_t)];
    if (bytes == 0)
        return 0;
    const struct iovec from = {(void *)(uintptr_t)at, bytes}, to = {copy, bytes};
    if (owned)
        (void)memcpy(copy, at, bytes);
    else if (process_vm_readv(getpid(), &to, 1, &from, 1, 0) != (ssize_t)bytes)
        return 0;
    const uint8_t *end = (const uint8_t *)copy + bytes;
    while (end > (const uint8_t *)copy && end[-1] == 0)
        end--;
    return (size_t)(end - (const uint8_t *)copy);
}

/* Beside the size of a block whose pages could not be taken away. */
#define CANNOT_TELL (RECORDER_LARGE >> 1)

struct extent {
    size_t written;
    unsigned flags;
};

/* What a look remembers: more than before is one more of these. A byte at the front is one, too. */
static size_t pages_of(const struct extent *extent)
{
    return (extent->written + PAGE - 1) / PAGE;
}

/* A block without a whole page within it. */
static struct extent measure_small(const uint8_t *block, size_t bytes, bool owned)
{
    size_t first = PAGE - (uintptr_t)block % PAGE;
    size_t front = bytes < first ? bytes : first;
    size_t back = written_bytes(block + front, bytes - front, owned);
    return (struct extent){.written = back ? front + back : written_bytes(block, front, owned)};
}

static struct extent measure(const uint8_t *block, size_t bytes, bool owned)
{
    struct inside inside = inside_of(block, bytes);
    size_t count = (size_t)(inside.to - inside.from) / PAGE;
    if (count == 0)
        return measure_small(block, bytes, owned);
    struct pages pages = count_pages(inside);
    size_t front = (size_t)(inside.from - block);
    size_t back = written_bytes(inside.to, bytes - front - count * PAGE, owned);
    struct extent extent = {.written = 0};
    if (pages.unknown)
        return (struct extent){.written = bytes, .flags = TRACE_EXTENT_UNKNOWN};
    if (pages.resident == 0 && back == 0) {
        extent.written = written_bytes(block, front, owned);
    } else if (pages.resident == count) {
        size_t last = written_bytes(inside.to - PAGE, PAGE, owned);
        extent.written = front + (count - 1) * PAGE + (last ? last : PAGE);
    } else if (back == 0 && pages.last + 1 == pages.resident) {
        size_t last = written_bytes(inside.from + pages.last * PAGE, PAGE, owned);
        extent.written = front + pages.last * PAGE + (last ? last : PAGE);
    } else { /* holes */
        extent.written = front + pages.resident * PAGE;
        extent.flags = back || pages.last + 1 == count ? TRACE_EXTENT_TAIL : 0;
    }
    if (back)
        extent.written = extent.flags ? extent.written + back : front + count * PAGE + back;
    return extent;
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

static uint64_t size_of(const void *block)
{
    const uint64_t *size = known(block, 1, false);
    return size ? *size : 0;
}

size_t recorder_touch_bytes(const void *block)
{
    return (size_t)(size_of(block) & ~CANNOT_TELL);
}

static void watch(struct recorder_thread *thread, void *block, uint64_t name)
{
    struct recorder_watch *watch = &thread->watch;
    if (recorder_control->look_ms == 0)
        return;
    if (watch->count == watch->room) {
        size_t room = watch->room ? 2 * watch->room : WATCH_ROOM;
        void *list = watch->list ? mremap(watch->list, watch->room * sizeof *watch->list,
                                          room * sizeof *watch->list, MREMAP_MAYMOVE)
                                 : recorder_memory(room * sizeof *watch->list);
        if (!list || list == MAP_FAILED)
            return; /* this one is seen when it goes */
        watch->list = list;
        watch->room = room;
    }
    watch->list[watch->count++] = (struct recorder_watched){block, name};
}

/* What is resident of the last, half page is zeroed; what is not, is zero. */
static void clear_edge(uint8_t *from, size_t bytes)
{
    unsigned char told = 1;
    if (bytes > 0 &&
        mincore((void *)((uintptr_t)from & ~(uintptr_t)(PAGE - 1)), PAGE, &told) == 0 && (told & 1))
        (void)memset(from, 0, bytes);
}

/* True: all of it was never written, as far as can be told. */
static bool clear(uint8_t *from, size_t bytes)
{
    struct inside inside = inside_of(from, bytes);
    if (inside.from >= from + bytes) { /* within a page */
        (void)memset(from, 0, bytes);
        return true;
    }
    (void)memset(from, 0, (size_t)(inside.from - from));
    clear_edge(inside.to, (size_t)(from + bytes - inside.to));
    size_t within = (size_t)(inside.to - inside.from);
    if (within == 0 || count_pages(inside).resident == 0)
        return true;
    return madvise(inside.from, within, MADV_DONTNEED) == 0;
}

void recorder_touch_begin(struct recorder_thread *thread, void *block, size_t bytes, size_t kept,
                          uint64_t name)
{
    int saved = errno;
    uint64_t *size = known(block, 1, true);
    uint64_t *seen = known(block, 2, true);
    bool cleared = kept >= bytes || clear((uint8_t *)block + kept, bytes - kept);
    if (size)
        *size = (bytes < CANNOT_TELL ? bytes : CANNOT_TELL - 1) | (cleared ? 0 : CANNOT_TELL);
    if (seen)
        *seen = seen_of(name, 0, trace_clock_ms(thread->clock));
    if (size && seen && cleared)
        watch(thread, block, name);
    errno = saved;
}

/* `seen` is what was known before. */
static void put_extent(struct recorder_thread *thread, uint64_t name, const struct extent *extent,
                       uint64_t seen)
{
    uint64_t now_ms = trace_clock_ms(thread->clock) & UINT32_MAX;
    uint64_t since_ms = seen_looks(seen) ? now_ms - (seen & UINT32_MAX) : 0;
    if (seen_looks(seen) && since_ms == 0)
        since_ms = 1;
    recorder_put(thread, TRACE_MORE, TRACE_EXTENT);
    recorder_put_ref(thread, name);
    recorder_put_operand(thread, extent->written);
    recorder_put_operand(thread, extent->flags);
    recorder_put_operand(thread, since_ms);
}

static void end(struct recorder_thread *thread, const void *block, uint64_t name, bool owned)
{
    int saved = errno;
    size_t bytes = recorder_touch_bytes(block);
    const uint64_t *seen = known(block, 2, false);
    struct extent extent = {.written = bytes, .flags = TRACE_EXTENT_UNKNOWN};
    if (bytes && !(size_of(block) & CANNOT_TELL))
        extent = measure(block, bytes, owned);
    size_t told = seen ? seen_pages(*seen) : 0; /* by an EXTENT of a look */
    if (told == 0 || pages_of(&extent) > told || extent.flags & TRACE_EXTENT_UNKNOWN)
        put_extent(thread, name, &extent, seen ? *seen : 0);
    errno = saved;
}

void recorder_touch_end(struct recorder_thread *thread, void *block, uint64_t name)
{
    end(thread, block, name, true);
}

/* True: it need not be looked at again. */
static bool look(struct recorder_thread *thread, const struct recorder_watched *watched)
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
    if (now_ms - (before & UINT32_MAX) < recorder_control->look_ms * (looks + 1))
        return false;
    struct extent extent = measure(watched->block, bytes, false);
    size_t pages = pages_of(&extent);
    if (extent.flags & TRACE_EXTENT_UNKNOWN)
        return true;
    pages = pages > pages_before ? pages : pages_before;
    uint64_t after = seen_of(watched->name, pages, now_ms) |
                     (looks < SEEN_LOOKS_MAX ? looks + 1 : looks) << SEEN_LOOKS_SHIFT;
    if (__atomic_load_n(entry, __ATOMIC_ACQUIRE) != watched->name ||
        (before & (uint64_t)SEEN_TAG << SEEN_TAG_SHIFT) != tag_of(watched->name) ||
        !__atomic_compare_exchange_n(seen, &before, after, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED))
        return true; /* it went meanwhile */
    if (pages > pages_before)
        put_extent(thread, watched->name, &extent, before);
    return pages * PAGE >= bytes;
}

/* Each look may write 48 bytes; the room behind the limit is for more than that. */
void recorder_touch_look(struct recorder_thread *thread)
{
    struct recorder_watch *watch = &thread->watch;
    for (unsigned i = 0; i < LOOKS_AT_ONCE && i < watch->count; i++) {
        if (thread->state->cursor >= thread->state->limit)
            return;
        if (watch->next >= watch->count)
            watch->next = 0;
        if (look(thread, &watch->list[watch->next]))
            watch->list[watch->next] = watch->list[--watch->count];
        else
            watch->next++;
    }
}

static void at_exit(void *context, uint64_t *entry, void *block)
{
    struct recorder_thread *thread = context;
    uint64_t name = *entry;
    if (name >> RECORDER_STREAM_SHIFT < recorder_first_stream())
        return; /* inherited: the parent's to tell */
    if (thread->state->cursor < thread->state->limit || recorder_make_ready(thread))
        end(thread, block, name, false);
}

void recorder_touch_exit(struct recorder_thread *thread)
{
    if (recorder_large_bytes != SIZE_MAX)
        recorder_names_large(at_exit, thread);
}

void recorder_touch_forget(struct recorder_thread *thread)
{
    struct recorder_watch *watch = &thread->watch;
    if (watch->list)
        (void)munmap(watch->list, watch->room * sizeof *watch->list);
    *watch = (struct recorder_watch){.list = NULL};
}
