#include "program_look.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cleanup.h"
#include "command_output.h"
#include "registry.h"
#include "text.h"

enum { SCRIPTS_NESTED_MAX = 4, LINE_MAX_BYTES = 256 };

#if defined(__x86_64__)
static const GElf_Half this_machine = EM_X86_64;
#elif defined(__aarch64__)
static const GElf_Half this_machine = EM_AARCH64;
#else
#error "program_look: say here which programs run on this machine"
#endif

static void cleanup_elf_end(Elf **elf)
{
    if (*elf)
        (void)elf_end(*elf);
}
#define AUTO_ELF __attribute__((cleanup(cleanup_elf_end)))

/* What the tables of the image say. */
struct image {
    char interpreter[256]; /* "" where it has none */
    bool dynamic;
    bool defines_malloc;
    bool go;
    char linked[128];
};

__attribute__((format(printf, 2, 3))) static void note(struct program_look *look,
                                                       const char *format, ...)
{
    va_list args;
    if (look->note_count == PROGRAM_NOTES_MAX)
        return;
    va_start(args, format);
    (void)vsnprintf(look->notes[look->note_count++], PROGRAM_SENTENCE_MAX, format, args);
    va_end(args);
}

/* "libjemalloc.so.2" is the library of a row when its file of this machine has the same name up to
 * ".so". */
static bool is_allocator(const char *needed)
{
    size_t stem = strcspn(needed, ".");
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        char name[64];
        (void)snprintf(name, sizeof name, "lib%s", entry->allocator->name);
        if (strlen(name) == stem && strncmp(needed, name, stem) == 0)
            return true;
    }
    return false;
}

static void read_interpreter(Elf *elf, const GElf_Phdr *segment, struct image *out)
{
    Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)segment->p_offset,
                                          (size_t)segment->p_filesz, ELF_T_BYTE);
    if (data)
        (void)snprintf(out->interpreter, sizeof out->interpreter, "%.*s", (int)data->d_size,
                       (const char *)data->d_buf);
}

static void read_segments(Elf *elf, struct image *out)
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

static void read_needed(Elf *elf, Elf_Scn *section, const GElf_Shdr *head, struct image *out)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = data && head->sh_entsize ? head->sh_size / head->sh_entsize : 0;
    for (size_t i = 0; i < count; i++) {
        GElf_Dyn entry;
        const char *name = NULL;
        if (gelf_getdyn(data, (int)i, &entry) && entry.d_tag == DT_NEEDED)
            name = elf_strptr(elf, head->sh_link, entry.d_un.d_val);
        if (name && is_allocator(name))
            (void)text_copy(out->linked, sizeof out->linked, name);
    }
}

static void read_symbols(Elf *elf, Elf_Scn *section, const GElf_Shdr *head, struct image *out)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = data && head->sh_entsize ? head->sh_size / head->sh_entsize : 0;
    for (size_t i = 0; i < count; i++) {
        GElf_Sym symbol;
        if (!gelf_getsym(data, (int)i, &symbol) || symbol.st_shndx == SHN_UNDEF)
            continue;
        const char *name = elf_strptr(elf, head->sh_link, symbol.st_name);
        out->defines_malloc |= name && strcmp(name, "malloc") == 0;
    }
}

static void read_sections(Elf *elf, struct image *out)
{
    size_t names = 0;
    (void)elf_getshdrstrndx(elf, &names);
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        GElf_Shdr head;
        if (!gelf_getshdr(section, &head))
            continue;
        const char *name = elf_strptr(elf, names, head.sh_name);
        out->go |= name && strcmp(name, ".go.buildinfo") == 0;
        if (head.sh_type == SHT_DYNAMIC)
            read_needed(elf, section, &head, out);
        if (head.sh_type == SHT_DYNSYM)
            read_symbols(elf, section, &head, out);
    }
}

/* A file name that a preload cannot carry is told by who builds the preload. Here: what it is. */
static int read_image(int fd, const char *path, struct image *out, struct err *err)
{
    GElf_Ehdr head;
    (void)elf_version(EV_CURRENT);
    AUTO_ELF Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &head))
        return err_set(err, -ENOEXEC, "%s is neither an ELF program nor a script with #!", path);
    if (head.e_machine != this_machine)
        return err_set(err, -ENOEXEC,
                       "%s was built for another architecture (ELF machine %u, this one is %u)",
                       path, head.e_machine, this_machine);
    if (head.e_type != ET_EXEC && head.e_type != ET_DYN)
        return err_set(err, -ENOEXEC, "%s is no program but another kind of ELF file", path);
    read_segments(elf, out);
    read_sections(elf, out);
    return 0;
}

/* More rights than who starts it: the loader then ignores preloads in silence (AT_SECURE). */
static bool has_more_rights(int fd, const struct stat *file)
{
    return (file->st_mode & S_ISUID && file->st_uid != geteuid()) ||
           (file->st_mode & S_ISGID && file->st_gid != getegid()) ||
           (geteuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0);
}

static enum program_hindrance hindrance(const struct image *image)
{
    if (!image->dynamic || !image->interpreter[0])
        return PROGRAM_STATIC;
    if (!strstr(image->interpreter, "/ld-linux"))
        return PROGRAM_OTHER_LOADER;
    return image->defines_malloc ? PROGRAM_OWN_MALLOC : PROGRAM_FITS;
}

static int judge(const struct image *image, struct program_look *look, struct err *err)
{
    look->is_go = image->go;
    look->hindrance = hindrance(image);
    if (look->hindrance == PROGRAM_STATIC)
        return err_set(err, -ENOTSUP, "%s is static: no allocator can be put under it%s",
                       look->image,
                       image->go ? " (Go allocates by itself anyway)" : "; link it dynamically");
    if (look->hindrance == PROGRAM_OTHER_LOADER)
        return err_set(err, -ENOTSUP,
                       "%s runs under %s, not under glibc's loader: libraries built for glibc "
                       "cannot be put under it",
                       look->image, image->interpreter);
    if (look->hindrance == PROGRAM_OWN_MALLOC)
        return err_set(err, -ENOTSUP,
                       "%s brings its own malloc: what is preloaded would serve nothing in it",
                       look->image);
    if (image->go)
        note(look,
             "%s is a Go program: Go's run-time allocates by itself, malloc serves only "
             "what cgo calls, so rows will differ by little",
             look->image);
    (void)text_copy(look->linked, sizeof look->linked, image->linked);
    if (image->linked[0])
        note(look,
             "%s is linked against %s: the allocator of the row is put before it, and libc "
             "for the row of glibc",
             look->image, image->linked);
    return 0;
}

/* "#!/usr/bin/env -S python3 -u": the interpreter, or of env its first word that is none of its
 * own. False: it is no script. */
static bool script_interpreter(int fd, char *out, size_t size)
{
    char line[LINE_MAX_BYTES + 1];
    ssize_t length = pread(fd, line, LINE_MAX_BYTES, 0);
    if (length < 3 || line[0] != '#' || line[1] != '!')
        return false;
    line[length] = '\0';
    line[strcspn(line, "\n")] = '\0';
    char *rest = line + 2;
    char *word = strtok_r(rest, " \t", &rest);
    const char *name = word ? strrchr(word, '/') : NULL;
    if (word && strcmp(name ? name + 1 : word, "env") == 0)
        for (word = strtok_r(rest, " \t", &rest); word && (word[0] == '-' || strchr(word, '='));)
            word = strtok_r(rest, " \t", &rest);
    (void)text_copy(out, size, word ? word : "");
    return true;
}

static int look_at(struct program_look *look, int depth, struct err *err)
{
    struct image image = {.dynamic = false};
    struct stat file;
    char interpreter[LINE_MAX_BYTES + 1];
    AUTO_CLOSE int fd = open(look->image, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) < 0)
        return err_set(err, -errno, "%s: %s", look->image, strerror(errno));
    if (!S_ISREG(file.st_mode) || access(look->image, X_OK) < 0)
        return err_set(err, -EACCES, "%s is no file that may be run", look->image);
    look->hindrance = has_more_rights(fd, &file) ? PROGRAM_MORE_RIGHTS : PROGRAM_FITS;
    if (look->hindrance == PROGRAM_MORE_RIGHTS)
        return err_set(err, -ENOTSUP,
                       "%s runs with more rights than yours (setuid, setgid or capabilities), so "
                       "the loader ignores what is preloaded; run it as its owner, or a copy "
                       "without the bit",
                       look->image);
    if (!script_interpreter(fd, interpreter, sizeof interpreter)) {
        int code = read_image(fd, look->image, &image, err);
        return code < 0 ? code : judge(&image, look, err);
    }
    if (depth == SCRIPTS_NESTED_MAX)
        return err_set(err, -ELOOP, "%s: scripts that run scripts that run scripts", look->path);
    look->is_script = true;
    if (!interpreter[0] || !command_find(interpreter, look->image, sizeof look->image))
        return err_set(err, -ENOENT, "%s is a script of '%s', which is not here", look->path,
                       interpreter);
    return look_at(look, depth + 1, err);
}

int program_look(const char *program, struct program_look *out, struct err *err)
{
    struct program_look look = {.note_count = 0};
    if (strchr(program, '/'))
        (void)text_copy(look.path, sizeof look.path, program);
    else if (!command_find(program, look.path, sizeof look.path))
        return err_set(err, -ENOENT, "there is no program '%s' in PATH", program);
    (void)text_copy(look.image, sizeof look.image, look.path);
    int code = look_at(&look, 0, err);
    if (code == 0 || code == -ENOTSUP)
        *out = look;
    return code;
}
