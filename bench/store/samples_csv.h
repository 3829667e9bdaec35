/*
 * samples_csv: the samples of one trial as a file of their own, one line each:
 *
 *     elapsed_ns,cycle,subject,phase,round_end,rss_bytes,rss_anon_bytes,live_bytes,…,arenas
 *
 * The first line names all columns. An empty field is "not available".
 */
#pragma once

#include <stdio.h>

#include "err.h"
#include "record.h"

int samples_csv_write(FILE *file, const struct record *record);

/* Append all samples of the file to `record`, which has none; -EINVAL names file, line and field.
 * `count` is how many there must be, since a file that was cut off at the end of a line looks
 * whole; RECORD_NA: not known. */
int samples_csv_read(const char *path, int64_t count, struct record *record, struct err *err);
