/*
 * cleanup: resources that go when their scope ends. One idiom, no goto.
 *
 *     AUTO_FREE char *text = NULL;          freed
 *     AUTO_CLOSE int fd = -1;               closed when >= 0
 *     AUTO_FCLOSE FILE *file = NULL;        closed when not NULL
 *     DEFINE_AUTO(spec, spec_release)       once, in spec.h
 *     AUTO(spec) struct spec spec = {0};    spec_release(&spec) at scope end
 *     return TAKE_PTR(text);                ownership leaves the scope
 *
 * A release function accepts zeroed, half-built and already released structs.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *pointer_to_pointer)
{
    free(*(void **)pointer_to_pointer);
}

static inline void cleanup_close(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static inline void cleanup_fclose(FILE **file)
{
    if (*file)
        (void)fclose(*file);
}

#define AUTO_FREE   __attribute__((cleanup(cleanup_free)))
#define AUTO_CLOSE  __attribute__((cleanup(cleanup_close)))
#define AUTO_FCLOSE __attribute__((cleanup(cleanup_fclose)))
#define AUTO(type)  __attribute__((cleanup(cleanup_##type)))

#define DEFINE_AUTO(type, release)                        \
    static inline void cleanup_##type(struct type *value) \
    {                                                     \
        release(value);                                   \
    }

#define TAKE_PTR(pointer)               \
    __extension__({                     \
        __auto_type taken_ = (pointer); \
        (pointer) = NULL;               \
        taken_;                         \
    })

#define TAKE_FD(fd)        \
    __extension__({        \
        int taken_ = (fd); \
        (fd) = -1;         \
        taken_;            \
    })

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))
