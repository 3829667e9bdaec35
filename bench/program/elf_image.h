/*
 * elf_image: what the tables of a program or library say, read from its file by libelf. Nothing is
 * started or loaded.
 */
#pragma once

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "err.h"

struct elf_image {
    unsigned type;         /* ET_EXEC, ET_DYN, … */
    char interpreter[256]; /* "" where it has none */
    char soname[256];      /* what those linked against it ask the loader for; "" */
    char **needed;         /* libraries it asks for, in order */
    size_t needed_count;
    char glibc[32]; /* the newest glibc that a symbol it uses came with: "2.38"; "" */
    bool dynamic;
    bool defines_malloc;
    /* An allocator's function by a name that only it has, which this one calls: "mallocx" of
     * "jemalloc". Const; NULL: none. */
    const char *own_name, *own_name_of;
    bool go;
    bool gnu; /* it has the note that glibc's start code leaves in a program */
};

/* -ENOEXEC and a sentence where it is one of another architecture, or no ELF file: then it is what
 * `otherwise` says ("no library"). */
int elf_image_read(int fd, const char *path, const char *otherwise, struct elf_image *out,
                   struct err *err);
void elf_image_release(struct elf_image *image);
DEFINE_AUTO(elf_image, elf_image_release)

/* What its segments need in memory beside their pages in the file: whole pages. 0 where `fd` is no
 * ELF file. */
int64_t elf_image_bss_bytes(int fd);

/* Is version `a` newer than `b`, number by number? "2.38" is newer than "2.4". */
bool elf_image_newer(const char *a, const char *b);
