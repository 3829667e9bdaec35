#include "elf_image.h"

#include <errno.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#if defined(__x86_64__)
static const GElf_Half this_machine = EM_X86_64;
#elif defined(__aarch64__)
static const GElf_Half this_machine = EM_AARCH64;
#else
#error "elf_image: say here which programs run on this machine"
#endif

static void cleanup_elf_end(Elf **elf)
{
    if (*elf)
        (void)elf_end(*elf);
}
#define AUTO_ELF __attribute__((cleanup(cleanup_elf_end)))

static void read_interpreter(Elf *elf, const GElf_Phdr *segment, struct elf_image *out)
{
    Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)segment->p_offset,
                                          (size_t)segment->p_filesz, ELF_T_BYTE);
    if (data)
        (void)snprintf(out->interpreter, sizeof out->interpreter, "%.*s", (int)data->d_size,
                       (const char *)data->d_buf);
}

static void read_segments(Elf *elf, struct elf_image *out)
{
    size_t count = 0;
    (void)elf_getphdrnum(elf, &count);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(elf, (int)i, &segment))
            continue;
        out->dynamic |= segment.p_type == PT_DYNAMIC;
        if (segment.p_type == PT_INTERP)
            read_interpreter(elf, &segment, out);
    }
}

static void add_needed(struct elf_image *out, const char *name)
{
    char **needed = reallocarray(out->needed, out->needed_count + 1, sizeof *needed);
    if (!needed)
        abort();
    out->needed = needed;
    needed[out->needed_count++] = strdup(name);
}

static void read_dynamic(Elf *elf, Elf_Scn *section, const GElf_Shdr *head, struct elf_image *out)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = data && head->sh_entsize ? head->sh_size / head->sh_entsize : 0;
    for (size_t i = 0; i < count; i++) {
        GElf_Dyn entry;
        if (!gelf_getdyn(data, (int)i, &entry) ||
            (entry.d_tag != DT_NEEDED && entry.d_tag != DT_SONAME))
            continue;
        const char *name = elf_strptr(elf, head->sh_link, entry.d_un.d_val);
        if (name && entry.d_tag == DT_NEEDED)
            add_needed(out, name);
        else if (name)
            (void)text_copy(out->soname, sizeof out->soname, name);
    }
}

/* Names by which a program takes or gives back memory past malloc's: with another allocator under
 * malloc, blocks of two would be mixed. Not those that several have (nallocx). */
static const struct own_name {
    const char *name, *allocator;
} own_names[] = {
    {"mallocx", "jemalloc"}, {"rallocx", "jemalloc"},   {"xallocx", "jemalloc"},
    {"dallocx", "jemalloc"}, {"sdallocx", "jemalloc"},  {"mi_malloc", "mimalloc"},
    {"mi_free", "mimalloc"}, {"tc_malloc", "tcmalloc"}, {"tc_free", "tcmalloc"},
};

static void note_own_name(const char *name, struct elf_image *out)
{
    for (size_t i = 0; name && !out->own_name && i < sizeof own_names / sizeof *own_names; i++) {
        if (strcmp(name, own_names[i].name) != 0)
            continue;
        out->own_name = own_names[i].name;
        out->own_name_of = own_names[i].allocator;
    }
}

static void read_symbols(Elf *elf, Elf_Scn *section, const GElf_Shdr *head, struct elf_image *out)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = data && head->sh_entsize ? head->sh_size / head->sh_entsize : 0;
    for (size_t i = 0; i < count; i++) {
        GElf_Sym symbol;
        if (!gelf_getsym(data, (int)i, &symbol))
            continue;
        const char *name = elf_strptr(elf, head->sh_link, symbol.st_name);
        if (symbol.st_shndx == SHN_UNDEF) {
            note_own_name(name, out);
            continue;
        }
        out->defines_malloc |= name && strcmp(name, "malloc") == 0;
    }
}

bool elf_image_newer(const char *a, const char *b)
{
    for (;;) {
        char *rest_a = NULL, *rest_b = NULL;
        unsigned long number_a = strtoul(a, &rest_a, 10), number_b = strtoul(b, &rest_b, 10);
        if (number_a != number_b)
            return number_a > number_b;
        if (*rest_a != '.' || *rest_b != '.')
            return *rest_a == '.';
        a = rest_a + 1;
        b = rest_b + 1;
    }
}

/* "GLIBC_2.38", of the needs of one library. */
static void read_version(const char *name, struct elf_image *out)
{
    static const char prefix[] = "GLIBC_";
    if (!name || strncmp(name, prefix, strlen(prefix)) != 0)
        return;
    const char *version = name + strlen(prefix);
    if (elf_image_newer(version, out->glibc))
        (void)text_copy(out->glibc, sizeof out->glibc, version);
}

static void read_needs(Elf *elf, Elf_Scn *section, const GElf_Shdr *head, struct elf_image *out)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Verneed need;
    size_t at = 0;
    for (size_t left = head->sh_info; data && left > 0; left--, at += need.vn_next) {
        if (at > (size_t)INT32_MAX || !gelf_getverneed(data, (int)at, &need))
            return;
        size_t at_version = at + need.vn_aux;
        for (size_t i = 0; i < need.vn_cnt; i++) {
            GElf_Vernaux version;
            if (at_version > (size_t)INT32_MAX || !gelf_getvernaux(data, (int)at_version, &version))
                return;
            read_version(elf_strptr(elf, head->sh_link, version.vna_name), out);
            at_version += version.vna_next;
        }
    }
}

static void read_sections(Elf *elf, struct elf_image *out)
{
    size_t names = 0;
    (void)elf_getshdrstrndx(elf, &names);
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        GElf_Shdr head;
        if (!gelf_getshdr(section, &head))
            continue;
        const char *name = elf_strptr(elf, names, head.sh_name);
        out->go |= name && strcmp(name, ".go.buildinfo") == 0;
        out->gnu |= name && strcmp(name, ".note.ABI-tag") == 0;
        if (head.sh_type == SHT_DYNAMIC)
            read_dynamic(elf, section, &head, out);
        if (head.sh_type == SHT_DYNSYM)
            read_symbols(elf, section, &head, out);
        if (head.sh_type == SHT_GNU_verneed)
            read_needs(elf, section, &head, out);
    }
}

int elf_image_read(int fd, const char *path, const char *otherwise, struct elf_image *out,
                   struct err *err)
{
    GElf_Ehdr head;
    (void)elf_version(EV_CURRENT);
    AUTO_ELF Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &head))
        return err_set(err, -ENOEXEC, "%s is %s", path, otherwise);
    if (head.e_machine != this_machine)
        return err_set(err, -ENOEXEC,
                       "%s was built for another architecture (ELF machine %u, this one is %u)",
                       path, head.e_machine, this_machine);
    AUTO(elf_image) struct elf_image image = {.type = head.e_type};
    read_segments(elf, &image);
    read_sections(elf, &image);
    *out = image;
    image = (struct elf_image){.dynamic = false};
    return 0;
}

int64_t elf_image_bss_bytes(int fd)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t bytes = 0;
    size_t count = 0;
    (void)elf_version(EV_CURRENT);
    AUTO_ELF Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    if (elf && elf_kind(elf) == ELF_K_ELF)
        (void)elf_getphdrnum(elf, &count);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
            segment.p_memsz <= segment.p_filesz)
            continue;
        uint64_t in_file = (segment.p_vaddr + segment.p_filesz + page - 1) & -page;
        uint64_t in_memory = (segment.p_vaddr + segment.p_memsz + page - 1) & -page;
        bytes += in_memory - in_file;
    }
    return bytes < INT64_MAX ? (int64_t)bytes : 0;
}

void elf_image_release(struct elf_image *image)
{
    for (size_t i = 0; i < image->needed_count; i++)
        free(image->needed[i]);
    free(image->needed);
    *image = (struct elf_image){.dynamic = false};
}
