/*
 * knob_list: every knob of every allocator: what `heapchurn list --knobs` prints.
 */
#pragma once

/* A paragraph a knob on standard output: how it is set, values, versions, source. */
void knob_list_print(void);
