/*
 * originals_text: what the runs of a program without the recorder took, for a terminal.
 */
#pragma once

#include <stdio.h>

#include "trace_facts.h"

/* A line for each allocator: "original on glibc: heap 21.2 MiB (21 MiB to 21.4 MiB) at its peak,
 * 20.1 MiB at its end, 3 runs". */
void originals_text_print(const struct trace_facts *facts, FILE *out);
