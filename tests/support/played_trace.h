/*
 * played_trace: a trace made by trace_write.h, read, compiled and played in this process.
 */
#pragma once

#include "compile.h"
#include "ensemble.h"
#include "trace_write.h"

struct played_trace {
    struct compiled_facts facts;
    struct compiled_slice end; /* as compiled: of the last slice */
    struct lane_counts counts; /* as played */
    int64_t mapped_pages; /* resident, and not anonymous: how many more behind the last slice */
    int code;             /* of reading and compiling */
    struct err err;
};

/* Written to a temporary file, read again, compiled into `slices`, played. At the end of each slice
 * what was played must be what was compiled; asserted. */
void played_trace(struct trace_write *write, uint32_t slices, const struct ensemble_how *how,
                  struct played_trace *out);

/* Compiled once into 3 slices, and played by threads so often, each time asserted as above. */
void played_trace_often(struct trace_write *write, int times);
struct played_trace played_trace_file_often(const char *path, int times);
