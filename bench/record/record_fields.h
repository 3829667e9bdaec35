/*
 * record_fields: what of a trial is recorded, as tables: one row per number. A new column of
 * samples, or a new number of the ends of phases, is a member in record.h and one row here: it is
 * then read where it is a line of smaps_rollup, stored, read back (as not available from runs that
 * are older), exported, and explained in reports/SCHEMA.md, which a test holds against these rows.
 */
#pragma once

#include "field.h"
#include "record.h"

/* Columns of samples.csv after the first five, before the allocator's own statistics. */
extern const struct field record_sample_fields[];
extern const size_t record_sample_field_count;

/* Of the end of a phase, without the allocator's own statistics. */
extern const struct field record_snapshot_fields[];
extern const size_t record_snapshot_field_count;

/* Of one process of a role that is several. */
extern const struct field record_process_fields[];
extern const size_t record_process_field_count;
