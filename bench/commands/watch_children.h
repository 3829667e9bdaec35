/*
 * watch_children: whose memory a watch of one process does not show: what descends from it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "text_style.h"

/* How many live, now. Printed, with the first of them and how to look at them, where they are more
 * than `told` before. */
size_t watch_children_tell(pid_t pid, size_t told, bool attached, const struct text_style *style);
