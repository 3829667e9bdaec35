#include "serving.h"

#include <dlfcn.h>
#include <errno.h>
#include <gnu/libc-version.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "cleanup.h"
#include "ledger.h"
#include "libc_books.h"
#include "loaded_object.h"
#include "recorder.h"
#include "registry.h"

enum { PROBE_BYTES = 40 << 10 };

typedef void *malloc_fn(size_t bytes);
typedef void free_fn(void *block);

struct search {
    const void *home; /* an address in the object that serves */
    struct serving *out;
    bool first, own; /* the program itself defines malloc */
};

__attribute__((format(printf, 2, 3))) static int refuse(struct serving *out, const char *format,
                                                        ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(out->identity, sizeof out->identity, format, args);
    va_end(args);
    out->row = NULL;
    return -EPERM;
}

static bool same_object(const void *a, const void *b)
{
    return a && b && loaded_object_owner(a).dli_fbase == loaded_object_owner(b).dli_fbase;
}

/* Objects that define malloc: the first is the program. libc and the dynamic linker always may, the
 * ledger passes on, and the home is what we look for. */
static int visit(struct dl_phdr_info *info, size_t size, void *context)
{
    struct search *search = context;
    struct loaded_object object;
    (void)size;
    bool program = search->first;
    search->first = false;
    if (loaded_object_holds(info, search->home) ||
        loaded_object_holds(info, (const void *)gnu_get_libc_version) ||
        info->dlpi_addr == getauxval(AT_BASE))
        return 0;
    loaded_object_read(info, &object);
    if (!loaded_object_defines(&object, "malloc") || loaded_object_defines(&object, LEDGER_READ))
        return 0;
    if (program) {
        search->own = true;
        return 0;
    }
    size_t used = strlen(search->out->also);
    (void)snprintf(search->out->also + used, sizeof search->out->also - used, "%s%s",
                   used ? " " : "", object.path);
    return 0;
}

/* The incumbent, libc's, comes last: others define its functions, too. */
static const struct allocator *row_of(const void *home)
{
    for (const struct allocator_entry *entry = allocator_registry + 1; entry->allocator; entry++)
        if (entry->allocator->api && same_object(entry->allocator->api(), home))
            return entry->allocator;
    const struct allocator *incumbent = allocator_registry[0].allocator;
    return same_object((const void *)gnu_get_libc_version, home) ? incumbent : NULL;
}

static int check_family(struct serving *out, const void *home)
{
    static const char *const family[] = {
        "free",          "calloc",   "realloc",           "posix_memalign",
        "aligned_alloc", "memalign", "malloc_usable_size"};
    for (size_t i = 0; i < ARRAY_LENGTH(family); i++) {
        const void *member = dlsym(RTLD_NEXT, family[i]);
        if (!same_object(member, home))
            return refuse(out, "malloc is in %s, but %s is in %s",
                          loaded_object_owner(home).dli_fname, family[i],
                          loaded_object_owner(member).dli_fname);
    }
    return 0;
}

static int64_t live_bytes(const struct allocator *row)
{
    struct allocator_stats now;
    return row->stats(&now) < 0 ? ALLOCATOR_NA : now.value[STAT_LIVE];
}

/* Does the row's own word move with a block of the malloc that serves? */
static int check_block(struct serving *out, malloc_fn *take, free_fn *give)
{
    const struct allocator *row = out->row;
    int64_t before = live_bytes(row), libc_before = libc_books_live_bytes();
    void *block = take(PROBE_BYTES);
    if (!block)
        return refuse(out, "malloc has no 40 KiB");
    int64_t after = live_bytes(row), libc_after = libc_books_live_bytes();
    bool owned = !row->owns || row->owns(block);
    give(block);
    if (!owned)
        return refuse(out, "a block is not owned by %s", row->name);
    if (before == ALLOCATOR_NA || after == ALLOCATOR_NA)
        return row->owns || (libc_before != ALLOCATOR_NA && libc_after != ALLOCATOR_NA &&
                             libc_after - libc_before < PROBE_BYTES)
                   ? 0
                   : refuse(out,
                            "%s tells neither live bytes nor an owner, and libc's own count "
                            "does not rule libc out",
                            row->name);
    return after - before >= PROBE_BYTES
               ? 0
               : refuse(out, "a block of %d bytes moved the live bytes of %s by %lld only",
                        PROBE_BYTES, row->name, (long long)(after - before));
}

int serving_find(struct serving *out)
{
    malloc_fn *take = (malloc_fn *)dlsym(RTLD_NEXT, "malloc");
    free_fn *give = (free_fn *)dlsym(RTLD_NEXT, "free");
    const void *home = (const void *)take;
    struct search search = {.home = home, .out = out, .first = true};
    *out = (struct serving){.row = NULL};
    (void)dl_iterate_phdr(visit, &search);
    if (search.own)
        return refuse(out, "the program brings its own malloc");
    const void *served = dlsym(RTLD_DEFAULT, "malloc");
    const void *ledger = dlsym(RTLD_DEFAULT, LEDGER_READ);
    const void *recorder = dlsym(RTLD_DEFAULT, RECORDER_MARK);
    if (out->also[0] && strstr(out->also, loaded_object_owner(served).dli_fname) &&
        !same_object(served, ledger) && !same_object(served, recorder))
        return refuse(out, "malloc is served by %s, which stands before what was preloaded",
                      loaded_object_owner(served).dli_fname);
    out->row = row_of(home);
    if (!out->row)
        return refuse(out,
                      "malloc is served by %s, which is none of the allocators that "
                      "heapchurn knows",
                      loaded_object_owner(home).dli_fname);
    if (check_family(out, home) < 0 || check_block(out, take, give) < 0)
        return -EPERM;
    (void)snprintf(out->identity, sizeof out->identity,
                   "malloc and its family in %s, 40 KiB block seen",
                   loaded_object_owner(home).dli_fname);
    return 0;
}
