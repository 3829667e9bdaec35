/*
 * svg_frame: where the plot lies in a picture, and what its axis counts.
 */
#pragma once

#include <stdio.h>

/* The position axis, in words: the churn of `cycles` cycles, then two stretches of time. */
struct svg_axis {
    double cycles;
    const char *cycle_unit; /* workload_cycle_unit() */
};

struct svg_frame {
    int left, top, right, bottom;
    double top_bytes;
};

int svg_x(const struct svg_frame *frame, double position);
int svg_y(const struct svg_frame *frame, double bytes);

/* Text with markup made harmless; control characters become U+FFFD. Right for HTML and any XML. */
void svg_put_text(FILE *out, const char *text);
