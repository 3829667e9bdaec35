/*
 * program_look: a look at a user's program before it is started: can a row's allocator be put under
 * it at all, and what must be known to read the figures? It reads the file (ELF by libelf, or the
 * first line of a script) and starts nothing.
 *
 * What each kind does, tried with real programs: a static one has no dynamic linker, so nothing can
 * be preloaded; under another linker than glibc's (musl) a library built for glibc ends it with
 * relocation errors, status 127; one with more rights than its user (setuid, file capabilities)
 * ignores preloads without a word; one that defines malloc itself never calls another; one that is
 * linked against an allocator is served by that one where nothing is preloaded, so that libc must
 * be put before it for the row of glibc; one that calls its allocator by names that no other has
 * runs on that one alone; Go's run-time allocates by mmap, with cgo and without.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

enum {
    PROGRAM_PATH_MAX = 4096,
    PROGRAM_SENTENCE_MAX = 512,
    PROGRAM_NOTES_MAX = 4,
};

/* Why no allocator can be put under it. */
enum program_hindrance {
    PROGRAM_FITS,
    PROGRAM_STATIC,
    PROGRAM_OTHER_LOADER,
    PROGRAM_OWN_MALLOC,
    PROGRAM_MORE_RIGHTS,
};

struct program_look {
    enum program_hindrance hindrance;
    char path[PROGRAM_PATH_MAX];  /* of what is run: the program, found in PATH */
    char image[PROGRAM_PATH_MAX]; /* of what is loaded: of a script its interpreter */
    char linked[128];             /* the allocator it is linked against: "libjemalloc.so.2"; "" */
    /* What is put before that one so that glibc serves: "libc.so.6", and behind a colon
     * "libstdc++.so.6" where the program needs it. Else operator new would be the allocator's, and
     * its operator delete may give blocks to libc's free (jemalloc's does, and the program ends by
     * SIGABRT). */
    const char *libc;
    /* An allocator it calls by a name that only that one has ("mallocx" of "jemalloc"); NULL: none.
     * Under the row of another its blocks would be mixed with those of malloc: redis 8 then ends by
     * SIGSEGV, or the row's figures are of two allocators. */
    const char *own_name, *own_name_of;
    char interpreter[256]; /* the loader that it asks for; "" where it is static */
    bool is_glibc;         /* it asks for glibc's, or was linked statically with glibc */
    bool brings_malloc;
    bool is_script;
    bool is_go;
    char notes[PROGRAM_NOTES_MAX][PROGRAM_SENTENCE_MAX]; /* what the figures must be read with */
    size_t note_count;
};

/* Is what was looked at a build for the libc whose loader's path has `loader` in it, and can it run
 * here? -ENOTSUP with a sentence: it is of glibc, brings its own malloc, or its loader is missing.
 */
int program_look_is_for(const struct program_look *look, const char *loader, struct err *err);

/* Find `program` (a path, or a name in PATH) and look at it. 0; -ENOENT there is none; -EACCES it
 * may not be run; -ENOEXEC it is no program of this machine; -ENOTSUP no allocator can be put under
 * it. Each with a sentence that says why and what to do. *out is filled in for 0 and -ENOTSUP. */
int program_look(const char *program, struct program_look *out, struct err *err);
