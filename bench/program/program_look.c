#include "program_look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cleanup.h"
#include "command_output.h"
#include "elf_image.h"
#include "registry.h"
#include "text.h"

enum { SCRIPTS_NESTED_MAX = 4, LINE_MAX_BYTES = 256 };

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

/* The last of them, as the loader would find it; NULL: none. */
static const char *linked_allocator(const struct elf_image *image)
{
    const char *linked = NULL;
    for (size_t i = 0; i < image->needed_count; i++)
        if (is_allocator(image->needed[i]))
            linked = image->needed[i];
    return linked;
}

static const char *libc_of(const struct elf_image *image)
{
    for (size_t i = 0; i < image->needed_count; i++)
        if (strcmp(image->needed[i], "libstdc++.so.6") == 0)
            return "libc.so.6:libstdc++.so.6";
    return "libc.so.6";
}

/* More rights than who starts it: the loader then ignores preloads in silence (AT_SECURE). */
static bool has_more_rights(int fd, const struct stat *file)
{
    return (file->st_mode & S_ISUID && file->st_uid != geteuid()) ||
           (file->st_mode & S_ISGID && file->st_gid != getegid()) ||
           (geteuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0);
}

static enum program_hindrance hindrance(const struct elf_image *image)
{
    if (!image->dynamic || !image->interpreter[0])
        return PROGRAM_STATIC;
    if (!strstr(image->interpreter, "/ld-linux"))
        return PROGRAM_OTHER_LOADER;
    return image->defines_malloc ? PROGRAM_OWN_MALLOC : PROGRAM_FITS;
}

static int judge(const struct elf_image *image, const char *linked, struct program_look *look,
                 struct err *err)
{
    look->is_go = image->go;
    look->is_glibc = image->gnu || strstr(image->interpreter, "/ld-linux");
    look->brings_malloc = image->interpreter[0] && image->defines_malloc;
    (void)text_copy(look->interpreter, sizeof look->interpreter, image->interpreter);
    look->own_name = image->own_name;
    look->own_name_of = image->own_name_of;
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
    (void)text_copy(look->linked, sizeof look->linked, linked ? linked : "");
    look->libc = linked ? libc_of(image) : "libc.so.6";
    if (image->own_name)
        note(
            look,
            "%s calls %s by names of its own (%s): it runs on rows of that allocator alone; builds "
            "for others are given by 'program: commands'",
            look->image, image->own_name_of, image->own_name);
    else if (linked)
        note(look,
             "%s is linked against %s: the allocator of the row is put before it, and libc "
             "for the row of glibc",
             look->image, linked);
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
        AUTO(elf_image) struct elf_image image = {.dynamic = false};
        int code = elf_image_read(fd, look->image, "neither an ELF program nor a script with #!",
                                  &image, err);
        if (code == 0 && image.type != ET_EXEC && image.type != ET_DYN)
            code = err_set(err, -ENOEXEC, "%s is no program but another kind of ELF file",
                           look->image);
        return code < 0 ? code : judge(&image, linked_allocator(&image), look, err);
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
    struct program_look look = {.libc = "libc.so.6"};
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

int program_look_is_for(const struct program_look *look, const char *loader, struct err *err)
{
    bool fits = look->hindrance == PROGRAM_OTHER_LOADER || look->hindrance == PROGRAM_STATIC;
    if (look->is_glibc || !fits)
        return err_set(err, -ENOTSUP, "%s was built for glibc; this row needs a build for musl",
                       look->image);
    if (look->brings_malloc)
        return err_set(err, -ENOTSUP, "%s brings its own malloc", look->image);
    if (look->interpreter[0] && !strstr(look->interpreter, loader))
        return err_set(err, -ENOTSUP, "%s runs under %s, which is another libc's loader",
                       look->image, look->interpreter);
    if (look->interpreter[0] && access(look->interpreter, X_OK) < 0)
        return err_set(err, -ENOTSUP, "%s runs under %s: %s; Debian: apt install musl", look->image,
                       look->interpreter, strerror(errno));
    return 0;
}
