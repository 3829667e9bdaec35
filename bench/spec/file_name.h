/*
 * file_name: what a file of one's own describes, a workload or a row, is called as the file.
 */
#pragma once

#include "err.h"

/* The name without folder and .yaml. It becomes a part of folder names and lists, so it has
 * letters, digits and the signs of `marks` only, and begins with no '.'. `what` is "a workload
 * file". `out_name` has SPEC_NAME_MAX bytes. -EINVAL. */
int file_name(const char *path, const char *what, const char *marks, char *out_name,
              struct err *err);
