/*
 * trace_edit: a trace made of another one. The file appears whole or not at all.
 */
#pragma once

#include "trace_order.h"

/*
 * The same without what names anybody: process numbers are 0, the date of the recording is gone,
 * the texts of marks are blanked, and `facts` takes the place of what it said of the recording.
 * What stays is sizes, order, threads, times and how far blocks were written; sizes can still tell
 * something of what was processed. A damaged trace is -EINVAL.
 */
int trace_edit_anonymise(struct trace_file *file, const char *facts, const char *path,
                         struct err *err);

/* What happened in one program from `from_ms` up to before `to_ms`, counted from the beginning of
 * the trace. Blocks that lived when it begins are allocated at its beginning, by the threads that
 * had allocated them, and written as far as was known. All of it is held in memory, 2 to 3 bytes
 * per event. -EINVAL where nothing happened in that time. */
int trace_edit_cut(struct trace_file *file, const struct traced_image *image, uint64_t from_ms,
                   uint64_t to_ms, const char *facts, const char *path, struct err *err);
