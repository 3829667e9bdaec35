/*
 * sysfile: one value out of a small text file of /proc, /sys or /etc.
 *
 * All return 0 or -errno (-ENOENT for a missing file or key, -EPROTO for a value of another kind)
 * and leave `out` untouched on failure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The first line. */
int sysfile_line(const char *path, char *out, size_t size);

/* The first line as a number. */
int sysfile_i64(const char *path, int64_t *out_value);

/* What follows `key` and a ':' or '=' on the first line that begins with it, without blanks and
 * quotes around: "model name" in /proc/cpuinfo, PRETTY_NAME in os-release. */
int sysfile_field(const char *path, const char *key, char *out, size_t size);

/* The word in brackets: "madvise" of "always [madvise] never". */
int sysfile_chosen(const char *path, char *out, size_t size);
