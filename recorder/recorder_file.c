#include "recorder_file.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

enum { LEAST_ROOM = 4096, WINDOW_SHARE = 8 };

struct trace_control *recorder_control;
static uint64_t window_bytes;

/* Address space is the program's: where it is short, a small part of it must do. */
static uint64_t window_of(uint64_t file_bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
        return file_bytes;
    uint64_t share = limit.rlim_cur / WINDOW_SHARE / TRACE_SLOT_BYTES * TRACE_SLOT_BYTES;
    return share < file_bytes ? share : file_bytes;
}

int recorder_file_map(int fd, uint64_t file_bytes)
{
    uint64_t bytes = window_of(file_bytes);
    if (bytes < 2 * TRACE_SLOT_BYTES)
        return ENOMEM;
    void *file = mmap(NULL, bytes, PROT_NONE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (file == MAP_FAILED)
        return errno;
    if (mprotect(file, TRACE_CONTROL_BYTES, PROT_READ | PROT_WRITE) < 0) {
        int code = errno;
        (void)munmap(file, bytes);
        return code;
    }
    /* A page at a time: pages of a folio that was read ahead each cost as much as the folio. */
    (void)madvise(file, bytes, MADV_RANDOM);
    window_bytes = bytes;
    recorder_control = file;
    return 0;
}

static bool open_slot(uint32_t number, uint32_t offset, struct recorder_slot *out)
{
    uint64_t at = (uint64_t)number * TRACE_SLOT_BYTES;
    if (at + TRACE_SLOT_BYTES > window_bytes) {
        errno = ENOMEM;
        return false;
    }
    uint8_t *bytes = (uint8_t *)recorder_control + at;
    if (mprotect(bytes, TRACE_SLOT_BYTES, PROT_READ | PROT_WRITE) < 0)
        return false;
    *out = (struct recorder_slot){.bytes = bytes, .number = number, .offset = offset};
    return true;
}

static bool take_passed_on(struct recorder_shared *shared, uint32_t room, struct recorder_slot *out)
{
    for (unsigned i = 0; i < RECORDER_POOL_SLOTS; i++) {
        uint64_t slot = __atomic_load_n(&shared->pool[i], __ATOMIC_RELAXED);
        if (slot == 0 || TRACE_SLOT_BYTES - (uint32_t)slot < room)
            continue;
        if (!__atomic_compare_exchange_n(&shared->pool[i], &slot, 0, false, __ATOMIC_ACQUIRE,
                                         __ATOMIC_RELAXED))
            continue;
        if (open_slot((uint32_t)(slot >> 32), (uint32_t)slot, out))
            return true;
        __atomic_store_n(&shared->pool[i], slot, __ATOMIC_RELEASE); /* beyond our window */
    }
    return false;
}

bool recorder_slot_take(uint32_t room, struct recorder_slot *out)
{
    struct recorder_shared *shared = recorder_shared(recorder_control);
    if (__atomic_load_n(&shared->full, __ATOMIC_RELAXED))
        return false;
    if (take_passed_on(shared, room, out))
        return true;
    uint32_t number = __atomic_fetch_add(&shared->next_slot, 1, __ATOMIC_RELAXED);
    errno = EFBIG;
    if (number < shared->slots && open_slot(number, 0, out))
        return true;
    __atomic_store_n(&shared->full, (uint32_t)errno, __ATOMIC_RELAXED);
    return false;
}

bool recorder_slot_populate(const struct recorder_slot *slot, uint32_t from, uint32_t to)
{
    const uint32_t page = 4096;
    uint32_t first = from & ~(page - 1);
    uint32_t last = (to + page - 1) & ~(page - 1);
    if (madvise(slot->bytes + first, last - first, MADV_POPULATE_WRITE) == 0 || errno == EINVAL)
        return true; /* EINVAL: an older kernel; it has no other way to ask */
    struct recorder_shared *shared = recorder_shared(recorder_control);
    __atomic_store_n(&shared->full, ENOSPC, __ATOMIC_RELAXED); /* it says EFAULT */
    return false;
}

void recorder_slot_give(const struct recorder_slot *slot)
{
    struct recorder_shared *shared = recorder_shared(recorder_control);
    (void)madvise(slot->bytes, TRACE_SLOT_BYTES, MADV_DONTNEED);
    (void)mprotect(slot->bytes, TRACE_SLOT_BYTES, PROT_NONE);
    if (slot->offset > TRACE_SLOT_BYTES - LEAST_ROOM)
        return;
    uint64_t passed = (uint64_t)slot->number << 32 | slot->offset;
    for (unsigned i = 0; i < RECORDER_POOL_SLOTS; i++) {
        uint64_t none = 0;
        if (__atomic_load_n(&shared->pool[i], __ATOMIC_RELAXED) == 0 &&
            __atomic_compare_exchange_n(&shared->pool[i], &none, passed, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
            return;
    }
}
