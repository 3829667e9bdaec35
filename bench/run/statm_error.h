/*
 * statm_error: how far statm is off on this machine. Several kernels add up RSS from counters per
 * thread or per CPU that are folded late; which ones, and by how much, no version number tells
 * reliably. So it is measured: pages are touched on every CPU we may run on, and statm is held
 * against smaps_rollup, which walks the page tables.
 */
#pragma once

#include <stdint.h>

/* The largest difference seen, in bytes; RECORD_NA where one of the two cannot be read. Moves this
 * process over its CPUs, and back. */
int64_t statm_error_bytes(void);
