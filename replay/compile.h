/*
 * compile: from a trace to what is played (compiled_trace.h). Once per trace.
 *
 * It goes through the trace in the one order of trace_order.h, which is where everything in it is
 * checked, gives each block a slot, writes each stream as a lane, and cuts the whole into slices of
 * equally many events, at which every thread stands still.
 *
 * Touch. Blocks below the trace's threshold are touched when they are allocated, all of them.
 * Larger ones as far as they were written, when they are allocated, or at the look that saw it, if
 * an earlier look had seen less. Where the trace does not know, all of a block is touched, and
 * counted in `unknown_touch_bytes`.
 *
 * Cost: 70 to 120 ns per event. Memory: trace_order.h's, and 8 bytes per block at the most that
 * live at once; the file, 8 to 15 bytes per event, is the kernel's to write out.
 */
#pragma once

#include "compiled_trace.h"
#include "trace_order.h"

struct compiled_facts {
    uint64_t events, calls, bytes; /* of the image; calls allocate */
    uint64_t
        events_behind_end; /* that are not played, nor counted above (trace_format.h, THE END) */
    uint64_t foreign_frees, inherited_frees;
    uint64_t streams, miscounted_streams; /* trace_order.h */
    uint64_t peak_live_bytes, end_live_bytes, end_live_blocks;
    uint64_t unknown_touch_bytes; /* of blocks of which it is not known how far they were written */
    int64_t duration_ns;
};

/* `fd` is an empty file, open for reading and writing; `slices` from 1 on. -EINVAL with a sentence
 * for a trace that makes no sense, or has fewer events than slices; -errno of the disk. */
int compile_trace(struct trace_file *file, const struct traced_image *image, uint32_t slices,
                  int fd, struct compiled_facts *out, struct err *err);
