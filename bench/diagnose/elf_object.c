#include "elf_object.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

/* A 64-bit ELF file in memory; every table is checked to lie inside. */
struct elf {
    const char *bytes; /* NULL: none */
    size_t size;
};

static void elf_close(struct elf *elf)
{
    if (elf->bytes)
        (void)munmap((void *)(uintptr_t)elf->bytes, elf->size);
}
DEFINE_AUTO(elf, elf_close)

static struct elf elf_open(const char *path)
{
    struct elf elf = {.bytes = NULL};
    struct stat file;
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) < 0 || (size_t)file.st_size < sizeof(Elf64_Ehdr))
        return elf;
    void *bytes = mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return elf;
    elf = (struct elf){.bytes = bytes, .size = (size_t)file.st_size};
    if (memcmp(bytes, ELFMAG, SELFMAG) != 0 || elf.bytes[EI_CLASS] != ELFCLASS64) {
        elf_close(&elf);
        elf.bytes = NULL;
    }
    return elf;
}

/* Element `index` of a table in the file, copied; false when it is not inside. */
static bool element(const struct elf *elf, uint64_t offset, uint64_t index, void *out, size_t size)
{
    if (offset > elf->size || index > (elf->size - offset) / size ||
        (elf->size - offset) / size - index < 1)
        return false;
    (void)memcpy(out, elf->bytes + offset + index * size, size);
    return true;
}

uint64_t elf_address(const char *path, uint64_t offset)
{
    AUTO(elf) struct elf elf = elf_open(path);
    Elf64_Ehdr head;
    Elf64_Phdr part;
    if (!elf.bytes || !element(&elf, 0, 0, &head, sizeof head))
        return offset;
    for (uint64_t i = 0; i < head.e_phnum; i++)
        if (element(&elf, head.e_phoff, i, &part, sizeof part) && part.p_type == PT_LOAD &&
            part.p_offset <= offset && offset - part.p_offset < part.p_filesz)
            return offset - part.p_offset + part.p_vaddr;
    return offset;
}
