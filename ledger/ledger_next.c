#include "ledger_next.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

struct ledger_functions ledger_functions;
atomic_bool ledger_found;

static _Thread_local bool finding LEDGER_TLS;

enum { RESERVE_ALIGN = 16 };
_Alignas(4096) char ledger_reserve_bytes[LEDGER_RESERVE_BYTES];
static atomic_size_t reserve_used;

#define FIND(name, symbol)                                                              \
    do {                                                                                \
        void *found_ = dlsym(RTLD_NEXT, symbol);                                        \
        __typeof__(LEDGER_NEXT(name)) function_;                                        \
        (void)memcpy(&function_, &found_, sizeof function_);                            \
        atomic_store_explicit(&ledger_functions.name, function_, memory_order_relaxed); \
    } while (0)

/* The loader: where it begins, and its bytes. */
static _Atomic uintptr_t loader_start, loader_bytes;

static void find_loader(void)
{
    const ElfW(Ehdr) *image = (const void *)getauxval(AT_BASE);
    uintptr_t bytes = 0;
    if (!image) /* it was called as a command, and has the program for its argument */
        return;
    const ElfW(Phdr) *parts = (const void *)((const char *)image + image->e_phoff);
    for (size_t i = 0; i < image->e_phnum; i++)
        if (parts[i].p_type == PT_LOAD && parts[i].p_vaddr + parts[i].p_memsz > bytes)
            bytes = parts[i].p_vaddr + parts[i].p_memsz;
    atomic_store_explicit(&loader_start, (uintptr_t)image, memory_order_relaxed);
    atomic_store_explicit(&loader_bytes, bytes, memory_order_relaxed);
}

bool ledger_of_loader(const void *address)
{
    return (uintptr_t)address - atomic_load_explicit(&loader_start, memory_order_relaxed) <
           atomic_load_explicit(&loader_bytes, memory_order_relaxed);
}

bool ledger_find(void)
{
    if (finding)
        return false;
    finding = true;
    FIND(malloc, "malloc");
    FIND(calloc, "calloc");
    FIND(realloc, "realloc");
    FIND(reallocarray, "reallocarray");
    FIND(free, "free");
    FIND(posix_memalign, "posix_memalign");
    FIND(aligned_alloc, "aligned_alloc");
    FIND(memalign, "memalign");
    FIND(valloc, "valloc");
    FIND(pvalloc, "pvalloc");
    FIND(usable, "malloc_usable_size");
    FIND(expected, "nallocx");
    find_loader();
    finding = false;
    atomic_store_explicit(&ledger_found, true, memory_order_release);
    return true;
}

size_t ledger_usable(void *block)
{
    return ledger_ready() && !ledger_reserved(block) ? LEDGER_NEXT(usable)(block) : 0;
}

size_t ledger_expected(size_t bytes)
{
    return ledger_ready() && LEDGER_NEXT(expected) ? LEDGER_NEXT(expected)(bytes, 0) : 0;
}

void *ledger_reserve(size_t alignment, size_t bytes)
{
    if (bytes > LEDGER_RESERVE_BYTES || alignment > LEDGER_RESERVE_BYTES)
        return NULL;
    size_t least = alignment < RESERVE_ALIGN ? RESERVE_ALIGN : alignment;
    size_t used = atomic_load_explicit(&reserve_used, memory_order_relaxed);
    size_t from = 0;
    do {
        from = (used + least - 1) & ~(least - 1);
        if (from > LEDGER_RESERVE_BYTES - bytes)
            return NULL;
    } while (!atomic_compare_exchange_weak_explicit(&reserve_used, &used,
                                                    from + (bytes ? bytes : 1),
                                                    memory_order_relaxed, memory_order_relaxed));
    return ledger_reserve_bytes + from;
}
