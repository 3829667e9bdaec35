/*
 * prof_dump: the totals of a heap dump of jemalloc.
 *
 *     heap_v2/1
 *       t*: 105: 185856 [0: 0]        objects: bytes live [all that ever were]
 *     @ 0x7f... 0x55...
 *
 * Bytes are rounded to size classes. The dump ends with the process's map, so one that stops before
 * "MAPPED_LIBRARIES:" was cut off.
 */
#pragma once

#include "allocator_tool.h"

int prof_dump_read(FILE *in, struct allocator_leak *out, struct err *err);
