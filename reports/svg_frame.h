/*
 * svg_frame: where the plot lies in a picture, what its axes count, and how lines are drawn in it.
 */
#pragma once

#include <stdbool.h>
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

/* The picture of this size is begun, with its ground; `title` names it for screen readers. It ends
 * with "</svg>". */
void svg_open(FILE *out, int width, int height, const char *title);

/* `anchor`: start, middle or end. */
void svg_label(FILE *out, int x, int y, const char *anchor, const char *text);

/* A round step in bytes (powers of two of KiB) that divides `top_bytes` in at most `most` parts. */
double svg_step_bytes(double top_bytes, int most);
void svg_bytes_axis(FILE *out, const struct svg_frame *frame, int most);

/* Draws from where it is to where it goes, unless it is up; in steps relative to the last point:
 * half the bytes. */
struct svg_pen {
    int x, y;
    bool down;
};
void svg_pen_go(struct svg_pen *pen, int x, int y, FILE *out);

int svg_x(const struct svg_frame *frame, double position);
int svg_y(const struct svg_frame *frame, double bytes);

/* Text with markup made harmless; control characters become U+FFFD. Right for HTML and any XML. */
void svg_put_text(FILE *out, const char *text);
