/*
 * trace_pack: writes a packed file (trace_format.h): chunks in, frames, index and trailer out.
 *
 *     trace_pack_open("redis.trace", facts, strlen(facts), TRACE_PACK_LEVEL, &pack, &err);
 *     trace_pack_add(pack, &chunk, events, &err);            in the order of their clocks
 *     trace_pack_finish(pack, &control, &err);               now there is a redis.trace
 *     trace_pack_close(pack);
 *
 * The file is written under a temporary name; it appears whole or not at all.
 */
#pragma once

#include <stddef.h>

#include "err.h"
#include "trace_format.h"

enum { TRACE_PACK_LEVEL = 1, TRACE_PACK_LEVEL_SMALL = 19 }; /* of zstd */

struct trace_pack;

/* `facts` is JSON (trace_format.h says of whom), "" if there is nothing to tell. */
int trace_pack_open(const char *path, const char *facts, size_t facts_bytes, int level,
                    struct trace_pack **out, struct err *err);

/* chunk->used_bytes of events are copied. */
int trace_pack_add(struct trace_pack *pack, const struct trace_chunk *chunk, const uint8_t *events,
                   struct err *err);

/* The counters, the clock and the settings are those of `control`; form, offsets and checksum are
 * made. */
int trace_pack_finish(struct trace_pack *pack, const struct trace_control *control,
                      struct err *err);

/* What it has come to, after trace_pack_finish(). */
uint64_t trace_pack_file_bytes(const struct trace_pack *pack);
uint64_t trace_pack_event_bytes(const struct trace_pack *pack);

/* Without trace_pack_finish() nothing is left behind. NULL is nothing. */
void trace_pack_close(struct trace_pack *pack);

/* A raw file, packed. The raw one stays. */
int trace_pack_raw(const char *raw_path, const char *path, const char *facts, size_t facts_bytes,
                   int level, struct err *err);
