#include "elf_symbols.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

enum { PATH_SIZE = 4096, OBJECTS_MAX = 128, FRAMES_MAX = 256 };

/* An executable mapping, and how many stacks go through it. */
struct object {
    uintptr_t begin, end;
    size_t stacks;
    char path[256];
};

struct objects {
    struct object object[OBJECTS_MAX];
    size_t count;
    size_t stacks; /* of the dump */
};

/* /usr/lib/debug/.build-id/ab/cdef….debug */
static bool has_debug_file(const unsigned char *id, size_t length)
{
    char path[PATH_SIZE] = "/usr/lib/debug/.build-id/";
    size_t used = strlen(path);
    for (size_t i = 0; i < length && used + 8 < sizeof path; i++)
        used += (size_t)snprintf(path + used, sizeof path - used, "%02x%s", id[i], i ? "" : "/");
    (void)snprintf(path + used, sizeof path - used, ".debug");
    return access(path, R_OK) == 0;
}

static bool note_has_debug_file(const char *note, size_t size)
{
    ElfW(Nhdr) header;
    if (size < sizeof header)
        return false;
    (void)memcpy(&header, note, sizeof header);
    size_t name = (header.n_namesz + 3U) & ~3U;
    if (header.n_type != NT_GNU_BUILD_ID || sizeof header + name + header.n_descsz > size)
        return false;
    return has_debug_file((const unsigned char *)note + sizeof header + name, header.n_descsz);
}

static bool file_has_symbols(const char *file, size_t size)
{
    ElfW(Ehdr) head;
    if (size < sizeof head)
        return false;
    (void)memcpy(&head, file, sizeof head);
    if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_shentsize != sizeof(ElfW(Shdr)) ||
        head.e_shoff > size || head.e_shnum > (size - head.e_shoff) / sizeof(ElfW(Shdr)))
        return false;
    for (size_t i = 0; i < head.e_shnum; i++) {
        ElfW(Shdr) section;
        (void)memcpy(&section, file + head.e_shoff + i * sizeof section, sizeof section);
        if (section.sh_type == SHT_SYMTAB)
            return true;
        if (section.sh_type == SHT_NOTE && section.sh_offset <= size &&
            section.sh_size <= size - section.sh_offset &&
            note_has_debug_file(file + section.sh_offset, section.sh_size))
            return true;
    }
    return false;
}

bool elf_has_symbols(const char *path)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0 || status.st_size <= 0)
        return false;
    void *file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (file == MAP_FAILED)
        return false;
    bool found = file_has_symbols(file, (size_t)status.st_size);
    (void)munmap(file, (size_t)status.st_size);
    return found;
}

/* "7f5ced2a0000-7f5ced2b0000 r-xp 00025000 fe:00 1234   /usr/lib/…" */
static void add_mapping(struct objects *objects, const char *line)
{
    struct object object = {.stacks = 0};
    char rights[8];
    if (objects->count < OBJECTS_MAX &&
        sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s %*s %*s %*s %255s", &object.begin, &object.end,
               rights, object.path) == 4 &&
        strchr(rights, 'x') && object.path[0] == '/')
        objects->object[objects->count++] = object;
}

/* Count the objects that the addresses behind '@' lie in, each once. */
static void add_stack(struct objects *objects, const char *at)
{
    bool seen[OBJECTS_MAX] = {false};
    const char *rest = strchr(at, '@') + 1;
    for (int frame = 0; frame < FRAMES_MAX; frame++) {
        char *end = NULL;
        uintptr_t address = (uintptr_t)strtoull(rest, &end, 16);
        if (end == rest)
            break;
        rest = end;
        for (size_t i = 0; i < objects->count; i++)
            if (address >= objects->object[i].begin && address < objects->object[i].end)
                seen[i] = true;
    }
    objects->stacks++;
    for (size_t i = 0; i < objects->count; i++)
        objects->object[i].stacks += seen[i];
}

static bool is_stack(const char *line)
{
    return strstr(line, "@ 0x") != NULL;
}

/* The map stands at the end of a dump, so it is read twice. */
static int read_dump(const char *path, struct objects *out)
{
    AUTO_FCLOSE FILE *in = fopen(path, "re");
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    if (!in)
        return -errno;
    while (getline(&line, &size, in) >= 0)
        add_mapping(out, line);
    rewind(in);
    while (getline(&line, &size, in) >= 0)
        if (is_stack(line))
            add_stack(out, line);
    return 0;
}

static const char *base_name(const struct object *object)
{
    const char *slash = strrchr(object->path, '/');
    return slash ? slash + 1 : object->path;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(base_name(a), base_name(b));
}

char *elf_symbols_missing(const char *path, const char *allocator)
{
    AUTO_FREE struct objects *objects = calloc(1, sizeof *objects);
    if (!objects || read_dump(path, objects) < 0)
        return NULL;
    qsort(objects->object, objects->count, sizeof *objects->object, by_name);
    char names[1024] = "";
    char own[128];
    size_t used = 0;
    (void)snprintf(own, sizeof own, "lib%s.so", allocator);
    for (size_t i = 0; i < objects->count && used < sizeof names; i++) {
        const struct object *object = &objects->object[i];
        if (10 * object->stacks > objects->stacks &&
            strncmp(base_name(object), own, strlen(own)) != 0 && !elf_has_symbols(object->path))
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                                     base_name(object));
    }
    char *sentence = NULL;
    if (used && asprintf(&sentence,
                         "no symbols in %s: a name there is the nearest exported one, or an "
                         "address; install its -dbgsym package, or link one built with -g",
                         names) < 0)
        abort();
    return sentence;
}
