/*
 * compiled_file: the file of a compiled trace (compiled_trace.h) while it is written: segments of
 * words, which may be changed as long as it is open, and tables that grow behind them.
 *
 * The disk is asked for its room beforehand, so that a full one is an error and no signal. Memory
 * is the kernel's to take back: it is all the file's.
 */
#pragma once

#include <stddef.h>

#include "compiled_trace.h"
#include "err.h"

struct compiled_file {
    int fd; /* the caller's */
    struct compiled_header *base;
    size_t mapped_bytes;
    uint64_t unit_count, used_bytes;
};

/* An empty file, open for reading and writing. */
int compiled_file_open(struct compiled_file *file, int fd, struct err *err);
void compiled_file_close(struct compiled_file *file);

/* A new segment of so many units, all zero; its number. Moves the file: pointers into it are good
 * no longer. */
int compiled_file_add_segment(struct compiled_file *file, uint32_t units, uint32_t *out_number,
                              struct err *err);

static inline uint64_t *compiled_file_words(const struct compiled_file *file)
{
    return (uint64_t *)((char *)file->base + COMPILED_SEGMENTS_AT);
}

/* Bytes behind everything else, on a multiple of 8; no segment may follow. The offset of them. */
int compiled_file_append(struct compiled_file *file, const void *bytes, uint64_t count,
                         uint64_t *out_offset, struct err *err);
