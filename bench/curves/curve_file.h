/*
 * curve_file: a memory curve from a file, also one measured elsewhere. Three forms, recognised by
 * what stands first:
 *
 * CSV. The first line names the columns, in any order and case; wanted are cycle and one of memory
 * (memory_curve.h names them all), others are ignored.
 *
 *     cycle,elapsed_s,live_bytes,heap_bytes,rss_bytes
 *     8,0.051,1183744,,4521984
 *
 * Separated by commas, semicolons (numbers may then have a decimal comma) or tabs; fields may be
 * quoted (RFC 4180); UTF-8, with or without a byte-order mark; lines that begin with # are
 * comments. Empty, NA, n/a, null, none, nan and - are "not known". A number is finite, and of bytes
 * not negative and at most 2^56. Only the work belongs in the file: what is given back after it
 * would hide a leak. A trial's own samples.csv is read as the run judged it: of one subject, in the
 * churn, at ends of rounds. What `heapchurn watch -o` writes is read too.
 *
 * psrecord --log: "# Elapsed time   CPU (%)   Real (MB)   Virtual (MB)", MB of 1024^2 bytes.
 *
 * smaps_rollup: any number of copies of /proc/PID/smaps_rollup one after the other.
 *
 * Curves are from strangers: what cannot be is refused by line, nothing is guessed.
 */
#pragma once

#include <stdio.h>

#include "err.h"
#include "memory_curve.h"

enum { CURVE_FILE_REMARKS_MAX = 4 };

struct curve_file {
    struct memory_curve curve;
    const char *axis; /* what a step of MEMORY_CYCLE is: "cycle", "second", "dump" */
    char remark[CURVE_FILE_REMARKS_MAX][160]; /* what is odd about the axis, a sentence each */
    size_t remark_count;
};

/*
 * Read all of `file`; `name` is for messages, which are "name:line:column: what is wrong, what to
 * do". `subject` is whose lines count where the file has such a column; NULL: of the first one in
 * it. -EINVAL for what cannot be a curve, -EFBIG above 1 GiB, or what reading said.
 */
int curve_file_read(FILE *file, const char *name, const char *subject, struct curve_file *out,
                    struct err *err);

void curve_file_release(struct curve_file *file);
DEFINE_AUTO(curve_file, curve_file_release)
