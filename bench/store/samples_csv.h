/*
 * samples_csv: the samples of one trial as a file of their own, one line each:
 *
 *     elapsed_ns,cycle,subject,phase,round_end,rss_bytes,rss_anon_bytes,live_bytes,…,arenas
 *
 * An empty field is "not available".
 */
#pragma once

#include <stdio.h>

#include "err.h"
#include "record.h"

int samples_csv_write(FILE *file, const struct record *record);

/* Append all samples of the file to `record`; -EINVAL names file, line and field. */
int samples_csv_read(const char *path, struct record *record, struct err *err);
