/*
 * map_line: a line of /proc/PID/maps, or the head of a mapping in smaps: of this machine, or in
 * what a tool saved of it.
 *
 *     7f12a000-7f13b000 r-xp 00003000 fe:00 42   /lib/libzmq.so.5
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "line.h"

struct map_line {
    uint64_t start, end;     /* end is not below start */
    uint64_t offset;         /* in the file */
    struct line permissions; /* "r-xp": four letters */
    struct line name;        /* a path, "[heap]", "/memfd:x (deleted)"; of length 0: it has none */
};

/* False: it is no such line. What `out` points to lies in the line. */
bool map_line_read(const struct line *line, struct map_line *out);

/* Executable, and of a file that has a path. */
bool map_line_is_code(const struct map_line *map);
