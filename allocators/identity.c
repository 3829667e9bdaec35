#include "identity.h"

#include <dlfcn.h>
#include <elf.h>
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
#include <zmq.h>

#include "allocator.h"
#include "cleanup.h"

#if defined(__x86_64__)
static const unsigned bound_types[] = {R_X86_64_JUMP_SLOT, R_X86_64_GLOB_DAT, R_X86_64_64};
#elif defined(__aarch64__)
static const unsigned bound_types[] = {R_AARCH64_JUMP_SLOT, R_AARCH64_GLOB_DAT, R_AARCH64_ABS64};
#else
#error "identity: say here which relocations bind a function on this machine"
#endif

enum { MESSAGE_BYTES = 3 << 20, TEXT_BYTES = 16 << 10 };

struct proof {
    const char *home; /* path of the object that serves malloc */
    const void *base; /* and where it is loaded */
    char *text;       /* the sentence for the caller */
    size_t size;
};

/* A loaded object's tables, read in memory. */
struct object {
    const char *path;
    uintptr_t base;
    const char *strings;
    const ElfW(Sym) * symbols;
    const uint32_t *hash; /* DT_HASH */
    const uint32_t *gnu_hash;
    struct {
        const ElfW(Rela) * table;
        size_t bytes;
    } relocations[2];
};

static int check_family(struct proof *proof);
static int check_sole(struct proof *proof);
static int check_libzmq(struct proof *proof);
static int check_behaviour(struct proof *proof);

int identity_prove(char *out_text, size_t size)
{
    struct proof proof = {.text = out_text, .size = size};
    if (check_family(&proof) < 0 || check_sole(&proof) < 0 || check_libzmq(&proof) < 0 ||
        check_behaviour(&proof) < 0)
        return -EPERM;
    (void)snprintf(out_text, size,
                   "malloc and its family in %s, libzmq bound to it, 3 MiB message seen",
                   proof.home);
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

/* The loaded object an address belongs to. */
static Dl_info owner(const void *address)
{
    Dl_info info = {.dli_fname = "no object"};
    if (address)
        (void)dladdr(address, &info);
    return info;
}

static int check_family(struct proof *proof)
{
    static const char *const family[] = {
        "malloc",         "free",          "calloc",   "realloc",
        "posix_memalign", "aligned_alloc", "memalign", "malloc_usable_size"};
    const struct allocator *row = &allocator_linked;
    Dl_info home = owner(dlsym(RTLD_DEFAULT, "malloc"));
    if (!row->api())
        return refuse(proof,
                      "built for %s, but %s is not loaded and malloc is in %s; link it with %s",
                      row->name, row->title, home.dli_fname, row->link);
    Dl_info api = owner(row->api());
    if (home.dli_fbase != api.dli_fbase)
        return refuse(proof, "malloc is in %s, but the functions of %s are in %s", home.dli_fname,
                      row->name, api.dli_fname);
    for (size_t i = 0; i < ARRAY_LENGTH(family); i++) {
        Dl_info member = owner(dlsym(RTLD_DEFAULT, family[i]));
        if (member.dli_fbase != home.dli_fbase)
            return refuse(proof, "malloc is in %s, but %s is in %s", home.dli_fname, family[i],
                          member.dli_fname);
    }
    proof->home = home.dli_fname;
    proof->base = home.dli_fbase;
    return 0;
}

/* glibc has relocated the addresses in the dynamic section; the kernel's vdso is not relocated. */
static const void *table(const struct object *object, const ElfW(Dyn) * entry)
{
    uintptr_t address = entry->d_un.d_ptr;
    return (const void *)(address < object->base ? address + object->base : address);
}

static struct object read_object(const struct dl_phdr_info *info)
{
    struct object object = {.path = info->dlpi_name, .base = info->dlpi_addr};
    const ElfW(Dyn) *entry = NULL;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
            entry = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    }
    for (; entry && entry->d_tag != DT_NULL; entry++) {
        switch (entry->d_tag) {
        case DT_STRTAB:
            object.strings = table(&object, entry);
            break;
        case DT_SYMTAB:
            object.symbols = table(&object, entry);
            break;
        case DT_HASH:
            object.hash = table(&object, entry);
            break;
        case DT_GNU_HASH:
            object.gnu_hash = table(&object, entry);
            break;
        case DT_JMPREL:
            object.relocations[0].table = table(&object, entry);
            break;
        case DT_PLTRELSZ:
            object.relocations[0].bytes = entry->d_un.d_val;
            break;
        case DT_RELA:
            object.relocations[1].table = table(&object, entry);
            break;
        case DT_RELASZ:
            object.relocations[1].bytes = entry->d_un.d_val;
            break;
        default:
            break;
        }
    }
    return object;
}

/* The symbol table has no length of its own. GNU hash: after its header of four words and the
 * bloom filter, each bucket holds the first symbol of a chain, whose last word is odd. */
static size_t symbol_count(const struct object *object)
{
    if (object->hash)
        return object->hash[1];
    if (!object->gnu_hash)
        return 0;
    const uint32_t bucket_count = object->gnu_hash[0];
    const uint32_t first = object->gnu_hash[1];
    const size_t bloom_words = object->gnu_hash[2] * (sizeof(ElfW(Addr)) / sizeof(uint32_t));
    const uint32_t *buckets = object->gnu_hash + 4 + bloom_words;
    const uint32_t *chains = buckets + bucket_count;
    uint32_t last = 0;
    for (uint32_t i = 0; i < bucket_count; i++)
        last = buckets[i] > last ? buckets[i] : last;
    if (last < first)
        return first;
    while (!(chains[last - first] & 1))
        last++;
    return last + 1;
}

static bool defines(const struct object *object, const char *name)
{
    size_t count = object->symbols && object->strings ? symbol_count(object) : 0;
    for (size_t i = 0; i < count; i++) {
        const ElfW(Sym) *symbol = &object->symbols[i];
        if (symbol->st_shndx != SHN_UNDEF && strcmp(object->strings + symbol->st_name, name) == 0)
            return true;
    }
    return false;
}

/* Is `address` in a segment of this object? The base alone does not tell: for the program itself
 * dladdr() and dl_iterate_phdr() mean different things by it. */
static bool holds(const struct dl_phdr_info *info, const void *address)
{
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t offset = (uintptr_t)address - info->dlpi_addr - segment->p_vaddr;
        if (segment->p_type == PT_LOAD && offset < segment->p_memsz)
            return true;
    }
    return false;
}

/* libc and the dynamic linker (up to glibc 2.30) define malloc in every process. */
static int find_second(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    struct proof *proof = context;
    if (holds(info, proof->base) || holds(info, (const void *)gnu_get_libc_version) ||
        info->dlpi_addr == getauxval(AT_BASE))
        return 0;
    struct object object = read_object(info);
    return defines(&object, "malloc")
               ? refuse(proof, "two allocators: malloc is in %s, and %s defines it as well",
                        proof->home, *object.path ? object.path : "the program")
               : 0;
}

static int check_sole(struct proof *proof)
{
    return dl_iterate_phdr(find_second, proof);
}

/* To whom is the undefined symbol `name` of this object bound? NULL: it does not use it. */
static const void *bound_to(const struct object *object, const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(object->relocations); i++) {
        const ElfW(Rela) *entries = object->relocations[i].table;
        size_t count = entries ? object->relocations[i].bytes / sizeof *entries : 0;
        for (size_t j = 0; j < count; j++) {
            const ElfW(Sym) *symbol = &object->symbols[ELF64_R_SYM(entries[j].r_info)];
            bool binds = false;
            for (size_t k = 0; k < ARRAY_LENGTH(bound_types); k++)
                binds = binds || ELF64_R_TYPE(entries[j].r_info) == bound_types[k];
            if (binds && strcmp(object->strings + symbol->st_name, name) == 0)
                return *(const void *const *)(object->base + entries[j].r_offset);
        }
    }
    return NULL;
}

static int check_bindings(struct dl_phdr_info *info, size_t size, void *context)
{
    static const char *const used[] = {"malloc", "free"};
    (void)size;
    struct proof *proof = context;
    if (!holds(info, (const void *)zmq_version))
        return 0;
    struct object object = read_object(info);
    for (size_t i = 0; i < ARRAY_LENGTH(used); i++) {
        const void *target = bound_to(&object, used[i]);
        if (!target && holds(info, proof->base))
            continue; /* linked into one object: nothing is left to bind */
        if (!target)
            return refuse(proof, "libzmq brings its own %s; the one in %s cannot serve it", used[i],
                          proof->home);
        Dl_info bound = owner(target);
        if (bound.dli_fbase != proof->base)
            return refuse(proof, "libzmq's %s is bound to %s, but malloc is in %s", used[i],
                          bound.dli_fname, proof->home);
    }
    return 0;
}

static int check_libzmq(struct proof *proof)
{
    zmq_msg_t message; /* too long to be stored inside: slots that bind lazily are bound by this */
    if (zmq_msg_init_size(&message, 1000) < 0 || zmq_msg_close(&message) < 0)
        return refuse(proof, "libzmq cannot make a message: %s", zmq_strerror(errno));
    return dl_iterate_phdr(check_bindings, proof);
}

static int64_t live_bytes(void)
{
    struct allocator_stats now;
    return allocator_linked.stats(&now) < 0 ? ALLOCATOR_NA : now.value[STAT_LIVE];
}

/* Was `block` of at least `bytes` taken since live was `before`? */
static int check_block(struct proof *proof, const char *what, const void *block, int64_t before,
                       int64_t bytes)
{
    const struct allocator *row = &allocator_linked;
    if (row->owns && !row->owns(block))
        return refuse(proof, "%s is not owned by %s", what, row->name);
    if (before == ALLOCATOR_NA)
        return row->owns ? 0
                         : refuse(proof, "%s can tell neither live bytes nor an owner", row->name);
    int64_t moved = live_bytes() - before;
    return moved >= bytes
               ? 0
               : refuse(proof, "%s of %lld bytes moved the live bytes of %s by %lld only", what,
                        (long long)bytes, row->name, (long long)moved);
}

static int check_behaviour(struct proof *proof)
{
    int64_t before = live_bytes();
    zmq_msg_t message;
    if (zmq_msg_init_size(&message, MESSAGE_BYTES) < 0)
        return refuse(proof, "libzmq cannot make a message of 3 MiB: %s", zmq_strerror(errno));
    int rc = check_block(proof, "a message", zmq_msg_data(&message), before, MESSAGE_BYTES);
    (void)zmq_msg_close(&message);
    if (rc < 0)
        return rc;

    char text[TEXT_BYTES];
    (void)memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    before = live_bytes();
    AUTO_FREE char *copy = strdup(text);
    if (!copy)
        return refuse(proof, "libc cannot copy a string of 16 KiB");
    return check_block(proof, "a string copied by libc", copy, before, TEXT_BYTES);
}
