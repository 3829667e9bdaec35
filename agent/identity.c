#include "identity.h"

#include <dlfcn.h>
#include <errno.h>
#include <gnu/libc-version.h>
#include <link.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "allocator.h"
#include "cleanup.h"
#include "identity_library.h"
#include "libc_books.h"
#include "loaded_object.h"

/* Below 128 KiB: freeing a block that glibc had mapped by itself would raise its thresholds for
 * mapping and trimming, and one of MiB that nobody writes would count as jemalloc's and tcmalloc's
 * heap for seconds. */
enum { MESSAGE_BYTES = 96 << 10, TEXT_BYTES = 16 << 10 };

struct proof {
    const char *home; /* path of the object that serves malloc */
    const void *base; /* and where it is loaded */
    char *text;       /* the sentence for the caller */
    size_t size;
};

static int check_family(struct proof *proof);
static int check_sole(struct proof *proof);
static int check_library(struct proof *proof);
static int check_behaviour(struct proof *proof);

int identity_prove(char *out_text, size_t size)
{
    struct proof proof = {.text = out_text, .size = size};
    if (check_family(&proof) < 0 || check_sole(&proof) < 0 || check_library(&proof) < 0 ||
        check_behaviour(&proof) < 0)
        return -EPERM;
    const struct identity_library *library = &identity_library;
    (void)snprintf(out_text, size, "malloc and its family in %s%s%s%s, 96 KiB %s seen", proof.home,
                   library->name ? ", " : "", library->name ? library->name : "",
                   library->name ? " bound to it" : "", library->block);
    return 0;
}

__attribute__((format(printf, 2, 3))) static int refuse(struct proof *proof, const char *format,
                                                        ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(proof->text, proof->size, format, args);
    va_end(args);
    return -EPERM;
}

static int check_family(struct proof *proof)
{
    static const char *const family[] = {
        "malloc",         "free",          "calloc",   "realloc",
        "posix_memalign", "aligned_alloc", "memalign", "malloc_usable_size"};
    const struct allocator *row = &allocator_linked;
    Dl_info home = loaded_object_owner(dlsym(RTLD_DEFAULT, "malloc"));
    if (!row->api())
        return refuse(proof,
                      "built for %s, but %s is not loaded and malloc is in %s; link it with %s",
                      row->name, row->title, home.dli_fname, row->link);
    Dl_info api = loaded_object_owner(row->api());
    if (home.dli_fbase != api.dli_fbase)
        return refuse(proof, "malloc is in %s, but the functions of %s are in %s", home.dli_fname,
                      row->name, api.dli_fname);
    for (size_t i = 0; i < ARRAY_LENGTH(family); i++) {
        Dl_info member = loaded_object_owner(dlsym(RTLD_DEFAULT, family[i]));
        if (member.dli_fbase != home.dli_fbase)
            return refuse(proof, "malloc is in %s, but %s is in %s", home.dli_fname, family[i],
                          member.dli_fname);
    }
    proof->home = home.dli_fname;
    proof->base = home.dli_fbase;
    return 0;
}

/* libc and the dynamic linker (up to glibc 2.30) define malloc in every process. */
static int find_second(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    struct proof *proof = context;
    if (loaded_object_holds(info, proof->base) ||
        loaded_object_holds(info, (const void *)gnu_get_libc_version) ||
        info->dlpi_addr == getauxval(AT_BASE))
        return 0;
    struct loaded_object object;
    loaded_object_read(info, &object);
    return loaded_object_defines(&object, "malloc")
               ? refuse(proof, "two allocators: malloc is in %s, and %s defines it as well",
                        proof->home, *object.path ? object.path : "the program")
               : 0;
}

static int check_sole(struct proof *proof)
{
    return dl_iterate_phdr(find_second, proof);
}

static int check_bindings(struct dl_phdr_info *info, size_t size, void *context)
{
    static const char *const used[] = {"malloc", "free"};
    (void)size;
    struct proof *proof = context;
    if (!loaded_object_holds(info, identity_library.inside()))
        return 0;
    struct loaded_object object;
    loaded_object_read(info, &object);
    for (size_t i = 0; i < ARRAY_LENGTH(used); i++) {
        const void *target = loaded_object_bound(&object, used[i]);
        if (!target && loaded_object_holds(info, proof->base))
            continue; /* linked into one object: nothing is left to bind */
        if (!target)
            return refuse(proof, "%s brings its own %s; the one in %s cannot serve it",
                          identity_library.name, used[i], proof->home);
        Dl_info bound = loaded_object_owner(target);
        if (bound.dli_fbase != proof->base)
            return refuse(proof, "%s's %s is bound to %s, but malloc is in %s",
                          identity_library.name, used[i], bound.dli_fname, proof->home);
    }
    return 0;
}

static int cannot_take(struct proof *proof)
{
    return refuse(proof, "%s cannot make a %s: %s",
                  identity_library.name ? identity_library.name : "malloc", identity_library.block,
                  identity_library.error());
}

static int check_library(struct proof *proof)
{
    enum { TOO_LONG_TO_BE_INSIDE = 1000 }; /* slots that bind lazily are bound by this */
    if (!identity_library.name)
        return 0;
    if (!identity_library.take(TOO_LONG_TO_BE_INSIDE))
        return cannot_take(proof);
    identity_library.give_back();
    return dl_iterate_phdr(check_bindings, proof);
}

static int64_t live_bytes(void)
{
    struct allocator_stats now;
    return allocator_linked.stats(&now) < 0 ? ALLOCATOR_NA : now.value[STAT_LIVE];
}

struct books {
    int64_t live; /* as the allocator counts; ALLOCATOR_NA */
    int64_t libc; /* and libc of its own heap */
};

static struct books read_books(void)
{
    return (struct books){.live = live_bytes(), .libc = libc_books_live_bytes()};
}

/* It tells nothing: then at least it is not libc that lent the block. */
static int check_not_libc(struct proof *proof, const char *what, struct books before, int64_t bytes)
{
    int64_t now = libc_books_live_bytes();
    if (now == ALLOCATOR_NA || before.libc == ALLOCATOR_NA)
        return refuse(proof,
                      "%s can tell neither live bytes nor an owner, and libc's own count is "
                      "not to be had",
                      allocator_linked.name);
    return now - before.libc < bytes
               ? 0
               : refuse(proof, "%s of %lld bytes moved the live bytes of libc by %lld", what,
                        (long long)bytes, (long long)(now - before.libc));
}

/* Was `block` of at least `bytes` taken since the books were as `before`? */
static int check_block(struct proof *proof, const char *what, const void *block,
                       struct books before, int64_t bytes)
{
    const struct allocator *row = &allocator_linked;
    if (row->owns && !row->owns(block))
        return refuse(proof, "%s is not owned by %s", what, row->name);
    if (before.live == ALLOCATOR_NA)
        return row->owns ? 0 : check_not_libc(proof, what, before, bytes);
    int64_t moved = live_bytes() - before.live;
    return moved >= bytes
               ? 0
               : refuse(proof, "%s of %lld bytes moved the live bytes of %s by %lld only", what,
                        (long long)bytes, row->name, (long long)moved);
}

static int check_behaviour(struct proof *proof)
{
    char what[64];
    struct books before = read_books();
    const void *block = identity_library.take(MESSAGE_BYTES);
    if (!block)
        return cannot_take(proof);
    (void)snprintf(what, sizeof what, "a %s", identity_library.block);
    int rc = check_block(proof, what, block, before, MESSAGE_BYTES);
    identity_library.give_back();
    if (rc < 0)
        return rc;

    char text[TEXT_BYTES];
    (void)memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    before = read_books();
    AUTO_FREE char *copy = strdup(text);
    if (!copy)
        return refuse(proof, "libc cannot copy a string of 16 KiB");
    return check_block(proof, "a string copied by libc", copy, before, TEXT_BYTES);
}
