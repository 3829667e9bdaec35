/*
 * watch_curve: all looks of a watch together, as the curve that attribution judges.
 *
 * A process that is watched does no counted work, so time stands in the place of cycles: minutes,
 * or hours where it went on for more than two.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "memory_curve.h"
#include "watch_columns.h"

struct watch_curve {
    struct watch_moment {
        int64_t elapsed_ns;
        struct watch_reading reading;
    } * list;
    size_t count;
};

void watch_curve_add(struct watch_curve *curve, int64_t elapsed_ns,
                     const struct watch_reading *reading);

/* The curve, and what its axis is called: "minute" or "hour". Where some looks tell all columns, it
 * is made of these alone. The caller releases it. */
const char *watch_curve_make(const struct watch_curve *curve, struct memory_curve *out);

/* How much of its huge pages nobody has written to, of a process that still lives (/proc/PID in
 * `dir_fd`), into its curve: huge_padding.h. It is a look of its own, since the last one may have
 * been one that could not afford the mappings. 0; -errno: it was not looked at. */
int watch_curve_padding(int dir_fd, struct memory_curve *out);

/* What is kept and what lies outside, by what an agent has said in this look. */
void watch_curve_parts(struct watch_reading *reading);

void watch_curve_release(struct watch_curve *curve);
DEFINE_AUTO(watch_curve, watch_curve_release)
