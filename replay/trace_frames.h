/*
 * trace_frames: the zstd frames of a trace file: where they are, and some of them unpacked.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct trace_frames;

/* `fd` stays the caller's. Aborts when out of memory. */
struct trace_frames *trace_frames_open(int fd, const char *path, unsigned kept);
void trace_frames_close(struct trace_frames *frames);

/* Unpack the frame at `offset`, at most `most_bytes` of it and `room` of the file. 0, with its
 * bytes in `*out` (good until the next call of this function) and how long it is in the file;
 * -EBADMSG: it is damaged; -ENODATA: it is cut off. */
int trace_frames_unpack(struct trace_frames *frames, uint64_t offset, uint64_t room,
                        size_t most_bytes, const uint8_t **out, size_t *out_bytes,
                        uint64_t *out_packed_bytes);

/* One more frame, which trace_frames_unpack() has read. Returns its number, from 0. */
uint32_t trace_frames_add(struct trace_frames *frames, uint64_t offset, uint64_t packed_bytes);

/* A frame that was added, unpacked: its bytes are good until the next call. -EIO with a sentence:
 * the file is not what it was. */
int trace_frames_get(struct trace_frames *frames, uint32_t number, const uint8_t **out,
                     size_t *out_bytes, struct err *err);
