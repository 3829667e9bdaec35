#include "recorder_names.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "recorder_file.h"

enum { ROOT = 1 << RECORDER_ROOT_BITS, PAGE = 4096, LEAVES_AT_ONCE = 16 };

uint64_t recorder_root[ROOT];

/* libc's open(2) and close(2) are cancellation points, and malloc is none. */
void *recorder_memory(size_t bytes)
{
    int saved = errno;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/dev/zero", O_RDWR | O_CLOEXEC);
    void *memory =
        fd < 0 ? MAP_FAILED
               : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    if (memory == MAP_FAILED) {
        memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory != MAP_FAILED && recorder_control)
            (void)__atomic_fetch_add(&recorder_shared(recorder_control)->nameless_memory, 1,
                                     __ATOMIC_RELAXED);
    }
    if (fd >= 0)
        (void)syscall(SYS_close, fd);
    errno = saved;
    return memory == MAP_FAILED ? NULL : memory;
}

/* Leaves nobody has yet: the address of the first, and in the bits that its alignment leaves how
 * many there are. */
static uint64_t spare_leaves;

/* Aligned to their size, so that their addresses have 20 bits less. */
static uint8_t *map_leaves(size_t count)
{
    const size_t bytes = RECORDER_LEAF_BYTES;
    uint8_t *mapped = recorder_memory((count + 1) * bytes);
    if (!mapped)
        return NULL;
    uintptr_t leaves = ((uintptr_t)mapped + bytes - 1) & ~(bytes - 1);
    size_t before = leaves - (uintptr_t)mapped;
    if (before)
        (void)munmap(mapped, before);
    if (bytes - before)
        (void)munmap(mapped + before + count * bytes, bytes - before);
    return (uint8_t *)leaves;
}

/* Several are mapped at once: each mapping is one of the 65 530 that a process may have, and takes
 * a descriptor for a moment. The order is that of one word, and what it says of memory that is
 * zero: no more is needed than that each is handed out once. */
static uint64_t *new_leaf(void)
{
    const uint64_t bytes = RECORDER_LEAF_BYTES;
    uint64_t spare = __atomic_load_n(&spare_leaves, __ATOMIC_RELAXED);
    while (spare % bytes > 0)
        if (__atomic_compare_exchange_n(&spare_leaves, &spare, spare + bytes - 1, true,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return (uint64_t *)(uintptr_t)(spare - spare % bytes);
    uint8_t *mapped = map_leaves(LEAVES_AT_ONCE);
    if (!mapped)
        return (uint64_t *)(void *)map_leaves(1);
    const uint64_t rest = (uint64_t)(uintptr_t)(mapped + bytes) | (LEAVES_AT_ONCE - 1);
    if (!__atomic_compare_exchange_n(&spare_leaves, &spare, rest, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED))
        (void)munmap(mapped + bytes, (LEAVES_AT_ONCE - 1) * bytes); /* somebody was faster */
    return (uint64_t *)(void *)mapped;
}

uint64_t *recorder_leaf_slowly(uint64_t key, bool make)
{
    uint64_t *fresh = NULL;
    uint32_t index = recorder_root_index(key);
    for (uint32_t i = 0; i < ROOT; i++, index = (index + 1) % ROOT) {
        uint64_t word = __atomic_load_n(&recorder_root[index], __ATOMIC_ACQUIRE);
        if (word == 0 && !make)
            return NULL;
        if (word == 0 && (fresh || (fresh = new_leaf()) != NULL)) {
            uint64_t mine = (uint64_t)(uintptr_t)fresh >> 20 << RECORDER_KEY_BITS | key;
            if (__atomic_compare_exchange_n(&recorder_root[index], &word, mine, false,
                                            __ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
                return fresh;
        }
        if ((word & RECORDER_KEY_MASK) == key) { /* or somebody was faster */
            if (fresh)
                (void)munmap(fresh, RECORDER_LEAF_BYTES);
            return (uint64_t *)(uintptr_t)(word >> RECORDER_KEY_BITS << 20);
        }
        if (word == 0)
            return NULL;
    }
    if (fresh)
        (void)munmap(fresh, RECORDER_LEAF_BYTES);
    return NULL;
}

static void look_at_leaf(uint64_t key, uint64_t *leaf,
                         void (*each)(void *context, uint64_t *entry, void *block), void *context)
{
    static const size_t per_page = PAGE / sizeof *leaf;
    unsigned char resident[RECORDER_LEAF_BYTES / PAGE];
    if (mincore(leaf, RECORDER_LEAF_BYTES, resident) < 0)
        return;
    uintptr_t base = (uintptr_t)(key - 1) << RECORDER_LEAF_BITS;
    for (size_t page = 0; page < sizeof resident; page++) {
        if (!(resident[page] & 1))
            continue;
        for (size_t i = page * per_page; i < (page + 1) * per_page; i++) {
            uint64_t name = __atomic_load_n(&leaf[i], __ATOMIC_RELAXED);
            if (!(name & RECORDER_LARGE) || name >> RECORDER_STREAM_SHIFT == 0)
                continue;
            each(context, &leaf[i], (void *)(base + (i << RECORDER_GRANULE_BITS)));
        }
    }
}

void recorder_names_large(void (*each)(void *context, uint64_t *entry, void *block), void *context)
{
    for (uint32_t i = 0; i < ROOT; i++) {
        uint64_t word = __atomic_load_n(&recorder_root[i], __ATOMIC_ACQUIRE);
        if (word)
            look_at_leaf(word & RECORDER_KEY_MASK,
                         (uint64_t *)(uintptr_t)(word >> RECORDER_KEY_BITS << 20), each, context);
    }
}
