/*
 * trace_write: a trace made by hand, event by event: for tests, and for whoever converts one.
 *
 *     struct trace_write *write = trace_write_new();
 *     uint32_t main = trace_write_stream(write, &(struct trace_write_stream){
 *                                                   .image = 1, .began = TRACE_BEGAN_MAIN});
 *     struct trace_name block = trace_write_malloc(write, main, 100);
 *     trace_write_clock(write, 1 << TRACE_CLOCK_BITS);        for all that follows: 1 ms
 *     trace_write_free(write, main, block);
 *     trace_write_end(write, main, true);
 *     trace_write_pack(write, "made.trace", "{}", &err);      or trace_write_raw()
 *     trace_write_release(write);
 *
 * Nothing is checked: a block may be freed twice, or by a stream that never saw it. Everything
 * stays in memory; aborts when that ends.
 */
#pragma once

#include <stdbool.h>

#include "err.h"
#include "trace_format.h"

struct trace_write;

struct trace_name {
    uint32_t stream;
    uint64_t sequence;
};

struct trace_write_stream {
    uint32_t image, pid;
    enum trace_began began;
    uint32_t parent_stream;
    uint64_t parent_sequence;
};

struct trace_write *trace_write_new(void);
void trace_write_release(struct trace_write *write);

/* Counters and settings of the control page, to be changed at will. The clock is made. */
struct trace_control *trace_write_control(struct trace_write *write);

/* A new stream; its number. */
uint32_t trace_write_stream(struct trace_write *write, const struct trace_write_stream *about);

/* The clock word from now on. Every stream says so before its next event. */
void trace_write_clock(struct trace_write *write, uint64_t word);

struct trace_name trace_write_malloc(struct trace_write *write, uint32_t stream, uint64_t bytes);
struct trace_name trace_write_calloc(struct trace_write *write, uint32_t stream, uint64_t bytes);
struct trace_name trace_write_aligned(struct trace_write *write, uint32_t stream,
                                      unsigned alignment_log2, uint64_t bytes);
struct trace_name trace_write_realloc(struct trace_write *write, uint32_t stream,
                                      struct trace_name block, uint64_t bytes);
void trace_write_free(struct trace_write *write, uint32_t stream, struct trace_name block);
void trace_write_extent(struct trace_write *write, uint32_t stream, struct trace_name block,
                        uint64_t written, unsigned flags, uint64_t since_ms);
struct trace_runs {
    uint64_t front_bytes, hole_bytes, behind_bytes;
};
void trace_write_holed(struct trace_write *write, uint32_t stream, struct trace_name block,
                       const struct trace_runs *runs, uint64_t since_ms);
void trace_write_mark(struct trace_write *write, uint32_t stream, const char *text);

/* END, or EXIT, with the counts of what was written to the stream. */
void trace_write_end(struct trace_write *write, uint32_t stream, bool exit);

/* One word of any payload: what no recorder writes. */
void trace_write_word(struct trace_write *write, uint32_t stream, uint64_t payload);

/* Begin a new chunk in this stream before its next event. */
void trace_write_cut(struct trace_write *write, uint32_t stream);

/* Write what was made; it may be written more than once. */
int trace_write_pack(struct trace_write *write, const char *path, const char *facts,
                     struct err *err);
int trace_write_raw(struct trace_write *write, const char *path, struct err *err);
