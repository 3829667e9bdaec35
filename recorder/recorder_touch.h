/*
 * recorder_touch: how far large blocks were written, and when (trace_format.h, TOUCH). Internal.
 *
 * How it is seen stands in recorder_extent.h.
 *
 * Living blocks are looked at by the thread that got them, when it writes anyway: four a
 * millisecond at most, each first when it is look_ms old and then each time after twice as long,
 * until all of it was seen written. A block whose thread writes nothing is not looked at. When the
 * end of the load has come (recording_end()) each thread looks at all of its blocks once more,
 * before it writes anything else: else nobody could tell what a young block had been written for by
 * then from what the program writes to it as it leaves. (The peer of discovery lets go of 60 queues
 * that lived for less than 100 ms, and writes to each as it does: 0.25 of 13 MiB.)
 *
 * What is known of a block stands in the entries behind its own, of its second and third 32 bytes:
 * its size, and what was seen:
 *
 *     holes << 62 | pages << 40 | looks (4 bits) << 35 | part of the sequence (3 bits) << 32 | ms
 * of the last look
 *
 * Bit 39 is 0 in both, so that they are not taken for names of large blocks.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recorder_file.h"

struct recorder_thread;

/* The block was returned under this name; its first `kept` bytes are the program's already.
 * `zeroed`: it must read as zeros. */
void recorder_touch_begin(struct recorder_thread *thread, void *block, size_t bytes, size_t kept,
                          bool zeroed, uint64_t name) RECORDER_HIDDEN;

/* It goes: EXTENT. The thread is ready. */
void recorder_touch_end(struct recorder_thread *thread, void *block, uint64_t name) RECORDER_HIDDEN;

/* The size of a large block; 0: it is none that we know. */
size_t recorder_touch_bytes(const void *block) RECORDER_HIDDEN;

/* Look at some of the thread's living blocks. It is ready, and may not be any more afterwards. */
void recorder_touch_look(struct recorder_thread *thread) RECORDER_HIDDEN;

/* Where the end has come (trace_format.h, THE END), look once at all of them, under the clock
 * before it. True: there was no room for all. */
bool recorder_touch_look_at_end(struct recorder_thread *thread) RECORDER_HIDDEN;

/* EXTENT for every large block of this process that lives. */
void recorder_touch_exit(struct recorder_thread *thread) RECORDER_HIDDEN;

/* The thread ends: nobody looks at its blocks any more. */
void recorder_touch_forget(struct recorder_thread *thread) RECORDER_HIDDEN;
