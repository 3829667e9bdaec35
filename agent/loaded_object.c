#include "loaded_object.h"

#include <stdint.h>
#include <string.h>

#include "cleanup.h"

#if defined(__x86_64__)
static const unsigned bound_types[] = {R_X86_64_JUMP_SLOT, R_X86_64_GLOB_DAT, R_X86_64_64};
#elif defined(__aarch64__)
static const unsigned bound_types[] = {R_AARCH64_JUMP_SLOT, R_AARCH64_GLOB_DAT, R_AARCH64_ABS64};
#else
#error "identity: say here which relocations bind a function on this machine"
#endif

/* glibc has relocated the addresses in the dynamic section; the kernel's vdso is not relocated. */
static const void *table(const struct loaded_object *object, const ElfW(Dyn) * entry)
{
    uintptr_t address = entry->d_un.d_ptr;
    return (const void *)(address < object->base ? address + object->base : address);
}

void loaded_object_read(const struct dl_phdr_info *info, struct loaded_object *out)
{
    struct loaded_object object = {.path = info->dlpi_name, .base = info->dlpi_addr};
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
    *out = object;
}

/* The symbol table has no length of its own. GNU hash: after its header of four words and the
 * bloom filter, each bucket holds the first symbol of a chain, whose last word is odd. */
static size_t symbol_count(const struct loaded_object *object)
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

bool loaded_object_defines(const struct loaded_object *object, const char *name)
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
bool loaded_object_holds(const struct dl_phdr_info *info, const void *address)
{
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t offset = (uintptr_t)address - info->dlpi_addr - segment->p_vaddr;
        if (segment->p_type == PT_LOAD && offset < segment->p_memsz)
            return true;
    }
    return false;
}

/* To whom is the undefined symbol `name` of this object bound? NULL: it does not use it. */
const void *loaded_object_bound(const struct loaded_object *object, const char *name)
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

Dl_info loaded_object_owner(const void *address)
{
    Dl_info info = {.dli_fname = "no object"};
    if (address)
        (void)dladdr(address, &info);
    return info;
}
