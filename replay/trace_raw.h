/*
 * trace_raw: what stands in a raw file (trace_format.h): also while it is being written, or after
 * its writers were killed. What does not match its checksum is left out and counted. Whatever its
 * bytes are, nothing outside them is read.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "trace_format.h"

struct trace_raw_chunk {
    struct trace_chunk header;
    const uint8_t *events; /* within the file's bytes; header.used_bytes of them */
};

struct trace_raw {
    const uint8_t *bytes; /* of the file */
    size_t size;
    const struct trace_control *control;
    struct trace_raw_chunk *chunks; /* by clock, stream and index */
    size_t count;
    uint64_t calls; /* of the program, in all of them */
    uint64_t event_bytes;
    size_t unfinished; /* of the chunks: their writers were killed, or called _exit(2) or exec */
    size_t damaged; /* that do not match their checksums, or hide what is behind them: left out */
    uint64_t damaged_calls; /* in those, as far as can be told, and at least one each */
};

/* Is this file one? False for whatever else it is, or cannot be read. */
bool trace_raw_is(const char *path);

/* Map the file and find its chunks. The caller closes. -errno of the file; -EINVAL with a sentence
 * when it is no raw trace of this version and byte order. */
int trace_raw_open(const char *path, struct trace_raw *out, struct err *err);

void trace_raw_close(struct trace_raw *raw);

/* Say in a raw file to whose end nobody writes any more how long the program took without the
 * recorder for what took a millisecond with it (trace_control.original_ns_per_ms). -errno. */
int trace_raw_set_time(const char *path, uint32_t ns_per_ms, struct err *err);
