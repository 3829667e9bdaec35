/*
 * units: sizes and durations as people write them. One table of suffixes serves parsing and
 * printing, so what goes in as "64KiB" comes out as "64 KiB".
 *
 * Sizes: a number and one of B, KiB, MiB, GiB (1024) or kB, MB, GB (1000), with or without a space
 * between. A bare number is refused ("64" of what?), and so is a negative one.
 * Durations: one or more of h, m, s, ms, us, ns: "1500ms", "2m30s".
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "err.h"

int units_parse_bytes(const char *text, int64_t *out_bytes, struct err *err);
int units_parse_duration(const char *text, int64_t *out_ns, struct err *err);

/* "35.2 KiB", "26 MiB", "0 B"; three significant digits. Returns `out`. */
const char *units_format_bytes(double bytes, char *out, size_t size);

/* A rate in bytes per something, in powers of 1000 as rates are quoted: "35.2 kB", "210 B". Below
 * half a byte "0 B". Returns `out`. */
const char *units_format_rate(double bytes, char *out, size_t size);

/* "1.5 ms", "2 m 30 s". Returns `out`. */
const char *units_format_duration(int64_t ns, char *out, size_t size);
