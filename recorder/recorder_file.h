/*
 * recorder_file: the raw trace file in this process's address space, and slots of it. Internal.
 *
 * All of it is mapped once, without access; a slot is opened when it is taken and closed when it is
 * full, so that mlockall(2) locks what is written and no more. The file's blocks are asked for
 * before they are written (MADV_POPULATE_WRITE): a full disk is an errno, not a SIGBUS.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recorder.h"

#define RECORDER_HIDDEN __attribute__((visibility("hidden")))

/* In the static block of thread-local memory: reaching it allocates nothing. */
#define RECORDER_TLS __attribute__((tls_model("initial-exec")))

extern struct trace_control *recorder_control RECORDER_HIDDEN; /* NULL: not mapped */

/* Map the file; the descriptor may be closed then. 0 or an errno. */
int recorder_file_map(int fd, uint64_t file_bytes) RECORDER_HIDDEN;

struct recorder_slot {
    uint8_t *bytes; /* TRACE_SLOT_BYTES of them; NULL: none */
    uint32_t number;
    uint32_t offset; /* of the first free byte, a multiple of 64 */
};

/* One that nobody has, with at least `room` bytes: one that was passed on, or a new one. False:
 * there is none; shared->full says why. */
bool recorder_slot_take(uint32_t room, struct recorder_slot *out) RECORDER_HIDDEN;

/* Bytes `from` to `to` of it may be written from now on. False: the disk is full. */
bool recorder_slot_populate(const struct recorder_slot *slot, uint32_t from,
                            uint32_t to) RECORDER_HIDDEN;

/* It is no longer ours; from slot->offset on it is free for others. */
void recorder_slot_give(const struct recorder_slot *slot) RECORDER_HIDDEN;
