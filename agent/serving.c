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

enum { PROBE_BYTES = 40 << 10, PROBES_MAX = 100 };

typedef void *malloc_fn(size_t bytes);
typedef void free_fn(void *block);

/* Whose functions are asked: RTLD_NEXT, or the object that serves. */
static void *serves_handle;

static void *symbol(const char *name)
{
    return dlsym(serves_handle, name);
}

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
        const void *member = symbol(family[i]);
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

/* By how much one block moves the row's own word, and libc's; ALLOCATOR_NA: it has none. */
struct moved {
    int64_t row, libc;
};

static int64_t difference(int64_t before, int64_t after)
{
    return before == ALLOCATOR_NA || after == ALLOCATOR_NA ? ALLOCATOR_NA : after - before;
}

static int probe(const struct serving *out, malloc_fn *take, free_fn *give, struct moved *moved)
{
    const struct allocator *row = out->row;
    int64_t before = live_bytes(row), libc_before = libc_books_live_bytes();
    void *block = take(PROBE_BYTES);
    if (!block)
        return -ENOMEM;
    int64_t after = live_bytes(row), libc_after = libc_books_live_bytes();
    bool owned = !row->owns || row->owns(block);
    give(block);
    moved->row = difference(before, after);
    moved->libc = difference(libc_before, libc_after);
    return owned ? 0 : -EPERM;
}

/* One without a word of its own: who owns the block, or that libc does not. */
static int check_mute(struct serving *out, const struct moved *moved)
{
    return out->row->owns || (moved->libc != ALLOCATOR_NA && moved->libc < PROBE_BYTES)
               ? 0
               : refuse(out,
                        "%s tells neither live bytes nor an owner, and libc's own count "
                        "does not rule libc out",
                        out->row->name);
}

/* Does it move with a block of the malloc that serves? Where other threads allocate at the same
 * time it may not at once. */
static int check_block(struct serving *out, malloc_fn *take, free_fn *give)
{
    const struct allocator *row = out->row;
    struct moved moved = {.row = 0};
    for (int i = 0; i < PROBES_MAX && moved.row < PROBE_BYTES; i++) {
        int code = probe(out, take, give, &moved);
        if (code == -ENOMEM)
            return refuse(out, "malloc has no 40 KiB");
        if (code < 0)
            return refuse(out, "a block is not owned by %s", row->name);
        if (moved.row == ALLOCATOR_NA)
            return check_mute(out, &moved);
    }
    return moved.row >= PROBE_BYTES
               ? 0
               : refuse(out, "a block of %d bytes moved the live bytes of %s by %lld only",
                        PROBE_BYTES, row->name, (long long)moved.row);
}

/* The first object that defines malloc but the ledger, which passes on; the program itself is told
 * by visit(). */
static int first_serving(struct dl_phdr_info *info, size_t size, void *context)
{
    struct loaded_object object;
    void **out_handle = context;
    (void)size;
    if (!info->dlpi_name || !info->dlpi_name[0])
        return 0;
    loaded_object_read(info, &object);
    if (!loaded_object_defines(&object, "malloc") || loaded_object_defines(&object, LEDGER_READ) ||
        loaded_object_defines(&object, RECORDER_MARK) || info->dlpi_addr == getauxval(AT_BASE))
        return 0;
    *out_handle = dlopen(info->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
    return 1;
}

/* Somebody who stands before what was preloaded. */
static bool is_overtaken(const struct serving *out, const void **out_served)
{
    const void *served = dlsym(RTLD_DEFAULT, "malloc");
    *out_served = served;
    return serves_handle == RTLD_NEXT && out->also[0] &&
           strstr(out->also, loaded_object_owner(served).dli_fname) &&
           !same_object(served, dlsym(RTLD_DEFAULT, LEDGER_READ)) &&
           !same_object(served, dlsym(RTLD_DEFAULT, RECORDER_MARK));
}

int serving_find(enum serving_way way, struct serving *out)
{
    const void *served = NULL;
    *out = (struct serving){.row = NULL};
    serves_handle = RTLD_NEXT;
    if (way == SERVING_ANYWHERE)
        (void)dl_iterate_phdr(first_serving, &serves_handle);
    malloc_fn *take = (malloc_fn *)symbol("malloc");
    free_fn *give = (free_fn *)symbol("free");
    const void *home = (const void *)take;
    struct search search = {.home = home, .out = out, .first = true};
    (void)dl_iterate_phdr(visit, &search);
    if (search.own)
        return refuse(out, "the program brings its own malloc");
    if (is_overtaken(out, &served))
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
