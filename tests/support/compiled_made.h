/*
 * compiled_made: a trace as a replayer gets it: packed, read again, compiled into a file in memory.
 */
#pragma once

#include "compile.h"
#include "compiled_map.h"
#include "trace_write.h"

/* The descriptor; -errno of reading or compiling, with a sentence. The rest is asserted. */
int compiled_made_file(const char *path, uint32_t slices, struct compiled_facts *out,
                       struct err *err);
int compiled_made(struct trace_write *write, uint32_t slices, struct compiled_facts *out,
                  struct err *err);

/* It is one that can be played; asserted. */
void compiled_made_open(int fd, struct compiled_map *out);
