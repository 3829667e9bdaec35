#include "recorder_extent.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE = 4096, BATCH_PAGES = 512, WORDS = PAGE / sizeof(uint64_t) };

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

static size_t pages_in(struct inside inside)
{
    return (size_t)(inside.to - inside.from) / PAGE;
}

/* Odd, so that it is never 0; small, so that it is no address. */
static uint64_t mark_of(const void *page)
{
    return (((uint64_t)(uintptr_t)page / PAGE * UINT64_C(0x9e3779b97f4a7c15)) >> 32) | 1;
}

static bool is_zero(const uint64_t *words, size_t count)
{
    enum { AT_ONCE = 8 };
    size_t i = 0;
    for (; i + AT_ONCE <= count; i += AT_ONCE) {
        uint64_t any = 0;
        for (size_t j = 0; j < AT_ONCE; j++)
            any |= words[i + j];
        if (any)
            return false;
    }
    for (; i < count; i++)
        if (words[i])
            return false;
    return true;
}

static bool is_as_marked(const uint64_t *page, uint64_t mark)
{
    return page[0] == mark && is_zero(page + 1, WORDS - 1);
}

/* How the bytes of a block are looked at: where they are, or, when they may be gone, in a copy that
 * the kernel makes. */
struct view {
    const uint8_t *from, *to; /* whole pages: `copy` has those that are resident; NULL: none */
    uint8_t *copy;            /* NULL: the block is ours */
    const uint8_t *known;     /* what is below was written, and is not looked at again */
    bool known_front;         /* so were bytes before the first border of a page */
    bool refused;             /* the kernel lets nobody read: a filter */
};

/* False: it is gone, or nobody may read. */
static bool read_parts(struct view *view, const struct iovec *here, const struct iovec *there,
                       size_t parts)
{
    ssize_t wanted = 0;
    for (size_t i = 0; i < parts; i++)
        wanted += (ssize_t)there[i].iov_len;
    ssize_t copied = process_vm_readv(getpid(), here, parts, there, parts, 0);
    if (copied < 0 && errno != EFAULT) {
        view->refused = true;
        __atomic_store_n(&recorder_shared(recorder_control)->refused, (uint32_t)errno,
                         __ATOMIC_RELAXED);
    }
    return copied == wanted;
}

/* At most PAGE bytes within a page; NULL: they are gone. */
static const uint8_t *bytes_at(struct view *view, const uint8_t *at, size_t bytes)
{
    if (!view->copy)
        return at;
    if (at >= view->from && at < view->to)
        return view->copy + (at - view->from);
    uint8_t *page = view->copy + RECORDER_COPY_BYTES - PAGE;
    const struct iovec there = {(void *)(uintptr_t)at, bytes}, here = {page, bytes};
    return read_parts(view, &here, &there, 1) ? page : NULL;
}

static size_t up_to_last(const uint8_t *at, size_t bytes)
{
    uint64_t words[8];
    while (bytes >= sizeof words) {
        (void)memcpy(words, at + bytes - sizeof words, sizeof words);
        if (!is_zero(words, sizeof words / sizeof *words))
            break;
        bytes -= sizeof words;
    }
    while (bytes > 0 && at[bytes - 1] == 0)
        bytes--;
    return bytes;
}

/* How many up to the last that is not zero. What is gone is 0. */
static size_t written_bytes(struct view *view, const uint8_t *at, size_t bytes)
{
    const uint8_t *seen = bytes > 0 ? bytes_at(view, at, bytes) : NULL;
    return seen ? up_to_last(seen, bytes) : 0;
}

/* How many before the first word that is neither zero nor, at the front of a page, its mark. */
static size_t zero_bytes(struct view *view, const uint8_t *at, size_t bytes, uint64_t mark)
{
    const uint8_t *seen = bytes > 0 ? bytes_at(view, at, bytes) : NULL;
    uint64_t word = 0;
    for (size_t i = 0; seen && i + sizeof word <= bytes; i += sizeof word) {
        (void)memcpy(&word, seen + i, sizeof word);
        if (word != 0 && (i > 0 || word != mark))
            return i;
    }
    return 0; /* zeros, or what is gone: all of it */
}

/* The pages of a small block that are resident, and the edges, all at once. */
static bool copy_few(struct view *view, const uint8_t *block, size_t bytes,
                     const unsigned char *resident)
{
    struct iovec here[RECORDER_MARKED_PAGES + 2], there[RECORDER_MARKED_PAGES + 2];
    const struct inside inside = inside_of(block, bytes);
    const size_t count = pages_in(inside);
    size_t parts = 0;
    view->from = inside.from - PAGE;
    view->to = inside.to + PAGE;
    for (size_t i = 0; i < count + 2; i++) {
        const uint8_t *page = view->from + i * PAGE;
        const uint8_t *from = page < block ? block : page;
        const uint8_t *to = page + PAGE < block + bytes ? page + PAGE : block + bytes;
        if (from >= to || to <= view->known || (i == 0 && view->known_front) ||
            (i > 0 && !(resident[i - 1] & 1)))
            continue;
        here[parts] = (struct iovec){view->copy + (from - view->from), (size_t)(to - from)};
        there[parts++] = (struct iovec){(void *)(uintptr_t)from, (size_t)(to - from)};
    }
    return parts == 0 || read_parts(view, here, there, parts);
}

struct pages {
    size_t written;
    size_t front;  /* so many of them are the first ones */
    size_t behind; /* index of the first of the others; of no use without one */
    size_t last;   /* index of the last of them; likewise */
    bool tail;     /* the page in which the block ends is resident; if not it holds nothing */
};

static void count_page(struct pages *pages, size_t index)
{
    if (index == pages->front)
        pages->front++;
    else if (pages->written == pages->front)
        pages->behind = index;
    pages->written++;
    pages->last = index;
}

/* Zeros on both sides of a border, a page of them or more: elsewhere a page may lie within them. */
static void split_front(struct view *view, const struct inside *inside, struct pages *pages)
{
    for (size_t i = 1; i < pages->front; i++) {
        const uint8_t *page = inside->from + i * PAGE;
        if (page - PAGE < view->known)
            continue;
        const size_t before = written_bytes(view, page - PAGE, PAGE);
        if (before > 0 && zero_bytes(view, page, PAGE, mark_of(page)) >= before) {
            pages->front = pages->behind = i;
            return;
        }
    }
}

/* The kernel does not tell where it forbids to ask: false. */
static bool count_few(struct view *view, const uint8_t *block, size_t bytes, struct pages *out)
{
    unsigned char resident[RECORDER_MARKED_PAGES + 1] = {0};
    const struct inside inside = inside_of(block, bytes);
    const size_t count = pages_in(inside);
    const bool tail = inside.to < block + bytes;
    if (mincore(inside.from, (count + tail) * PAGE, resident) < 0)
        return false;
    out->tail = (resident[count] & 1) != 0;
    if (view->copy && !copy_few(view, block, bytes, resident))
        return false;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *page = inside.from + i * PAGE;
        if (page + PAGE <= view->known ||
            ((resident[i] & 1) &&
             !is_as_marked((const uint64_t *)(const void *)bytes_at(view, page, PAGE),
                           mark_of(page))))
            count_page(out, i);
    }
    split_front(view, &inside, out);
    return true;
}

static bool count_many(const uint8_t *block, size_t bytes, struct pages *out)
{
    unsigned char resident[BATCH_PAGES];
    const struct inside inside = inside_of(block, bytes);
    const size_t count = pages_in(inside);
    out->tail = inside.to < block + bytes && mincore(inside.to, PAGE, resident) == 0 &&
                (resident[0] & 1) != 0;
    for (size_t i = 0; i < count; i += BATCH_PAGES) {
        size_t batch = count - i < BATCH_PAGES ? count - i : BATCH_PAGES;
        if (mincore(inside.from + i * PAGE, batch * PAGE, resident) < 0)
            return false;
        for (size_t j = 0; j < batch; j++)
            if (resident[j] & 1)
                count_page(out, i + j);
    }
    return true;
}

/* A block without a whole page within it. */
static size_t measure_small(struct view *view, const uint8_t *block, size_t bytes)
{
    size_t first = PAGE - (uintptr_t)block % PAGE;
    size_t front = bytes < first ? bytes : first;
    size_t back = written_bytes(view, block + front, bytes - front);
    return back ? front + back : written_bytes(view, block, front);
}

/* Where the first run ends: bytes from the block's front, `edge` of them before the first page. */
static size_t front_end(struct view *view, const uint8_t *block, size_t edge,
                        const struct pages *pages)
{
    if (pages->front == 0)
        return view->known_front ? 1 : written_bytes(view, block, edge);
    const size_t before = edge + (pages->front - 1) * PAGE;
    const size_t last = written_bytes(view, block + before, PAGE);
    return before + (last ? last : PAGE);
}

/* Where the second one begins, and ends. `back`: so many bytes behind the last page. */
static void behind_hole(struct view *view, const uint8_t *block, size_t bytes,
                        const struct pages *pages, size_t back, struct recorder_extent *extent)
{
    const struct inside inside = inside_of(block, bytes);
    const size_t edge = (size_t)(inside.from - block), count = pages_in(inside);
    const size_t others = pages->written - pages->front;
    size_t begin = edge + (others ? pages->behind : count) * PAGE;
    size_t end = begin + others * PAGE + back;
    if (others && !back) {
        const size_t last = written_bytes(view, inside.from + pages->last * PAGE, PAGE);
        end -= last ? PAGE - last : 0;
    }
    begin += others ? zero_bytes(view, block + begin, PAGE, mark_of(block + begin))
                    : zero_bytes(view, block + begin, back, 0);
    extent->hole = begin - extent->written;
    extent->behind = end - begin;
}

static struct recorder_extent put_together(struct view *view, const uint8_t *block, size_t bytes,
                                           const struct pages *pages)
{
    const struct inside inside = inside_of(block, bytes);
    const size_t count = pages_in(inside);
    const size_t edge = (size_t)(inside.from - block);
    const size_t back =
        pages->tail ? written_bytes(view, inside.to, bytes - edge - count * PAGE) : 0;
    struct recorder_extent extent = {.written = 0};
    if (pages->front == count && back)
        extent.written = edge + count * PAGE + back;
    else
        extent.written = front_end(view, block, edge, pages);
    if (pages->written > pages->front || (back && pages->front < count))
        behind_hole(view, block, bytes, pages, back, &extent);
    return extent;
}

static struct recorder_extent measure(struct view *view, const uint8_t *block, size_t bytes)
{
    struct recorder_extent extent = {.written = 0};
    struct pages pages = {.written = 0};
    const size_t count = pages_in(inside_of(block, bytes));
    bool told = true;
    if (count > 0)
        told = count <= RECORDER_MARKED_PAGES ? count_few(view, block, bytes, &pages)
                                              : count_many(block, bytes, &pages);
    if (told && count > 0)
        extent = put_together(view, block, bytes, &pages);
    else if (told)
        extent.written = measure_small(view, block, bytes);
    if (!told || view->refused)
        return (struct recorder_extent){.written = bytes, .flags = TRACE_EXTENT_UNKNOWN};
    return extent;
}

struct recorder_extent recorder_extent_measure(const uint8_t *block, size_t bytes)
{
    struct view view = {.copy = NULL};
    return measure(&view, block, bytes);
}

struct recorder_extent recorder_extent_look(const uint8_t *block, size_t bytes, size_t known_pages,
                                            uint8_t *copy)
{
    struct view view = {.copy = copy,
                        .known = block + (known_pages > 0 ? (known_pages - 1) * PAGE : 0),
                        .known_front = known_pages > 0};
    return measure(&view, block, bytes);
}

/* Locked pages are resident whoever wrote them: of them nothing can be told. (MS_INVALIDATE does
 * nothing to anonymous memory, but for saying so. libc's msync(2) is a cancellation point, and
 * malloc is none.) */
static bool is_locked(struct inside inside)
{
    return syscall(SYS_msync, inside.from, (size_t)(inside.to - inside.from),
                   MS_ASYNC | MS_INVALIDATE) < 0;
}

static void mark(uint8_t *page)
{
    const uint64_t mark = mark_of(page);
    (void)memset(page + sizeof mark, 0, PAGE - sizeof mark);
    (void)memcpy(page, &mark, sizeof mark);
}

/* Few pages, and the one behind them, in which the block ends. */
static bool begin_few(struct inside inside, size_t tail, bool zeroed)
{
    unsigned char told[RECORDER_MARKED_PAGES + 1];
    const size_t count = pages_in(inside);
    size_t resident = 0;
    if (mincore(inside.from, (count + (tail > 0)) * PAGE, told) < 0)
        return false;
    if (tail > 0 && (told[count] & 1) && !zeroed)
        (void)memset(inside.to, 0, tail);
    for (size_t i = 0; i < count; i++)
        resident += told[i] & 1;
    if (resident == 0)
        return true;
    if (zeroed)
        return madvise(inside.from, count * PAGE, MADV_DONTNEED) == 0;
    if (is_locked(inside))
        return false;
    for (size_t i = 0; i < count; i++)
        if (told[i] & 1)
            mark(inside.from + i * PAGE);
    return true;
}

static bool begin_many(struct inside inside, size_t tail)
{
    unsigned char told = 0;
    if (tail > 0 && mincore(inside.to, PAGE, &told) == 0 && (told & 1))
        (void)memset(inside.to, 0, tail);
    return madvise(inside.from, (size_t)(inside.to - inside.from), MADV_DONTNEED) == 0;
}

bool recorder_extent_begin(uint8_t *from, size_t bytes, bool zeroed)
{
    const struct inside inside = inside_of(from, bytes);
    if (inside.from >= from + bytes) { /* within a page */
        if (!zeroed)
            (void)memset(from, 0, bytes);
        return true;
    }
    if (!zeroed)
        (void)memset(from, 0, (size_t)(inside.from - from));
    const size_t tail = (size_t)(from + bytes - inside.to);
    return pages_in(inside) <= RECORDER_MARKED_PAGES ? begin_few(inside, tail, zeroed)
                                                     : begin_many(inside, tail);
}
