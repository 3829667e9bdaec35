/*
 * svg: the curves as static pictures.
 *
 * Only presentation attributes, no style sheet and no script, so that they read where a server
 * blocks both, in a README on a white or a black page (they bring their own white ground), and on
 * paper. The class names (c0 … for row colours, l0 … for layers, ink, faint, ground) let a page
 * that has styles replace the colours; rows differ by dash pattern too.
 */
#pragma once

#include <stdio.h>

#include "curves.h"
#include "layers.h"
#include "svg_frame.h"

enum { SVG_COLOURS = 7, SVG_DASHES = 5 }; /* coprime: 35 rows before both repeat */

/* One picture: median lines and min–max bands of all rows, named at their right ends. `title`
 * names it for screen readers. */
void svg_curves(FILE *out, const char *title, const struct curves *curves,
                const struct svg_axis *axis);

enum { SVG_WIDTH = 960, SVG_HEIGHT = 360, SVG_STACK_WIDTH = 460, SVG_STACK_HEIGHT = 220 };

/* One row as a stacked area, on a scale up to `top_bytes`, so that rows can be compared. */
void svg_layers(FILE *out, const char *title, const struct layers *layers, double top_bytes,
                const struct svg_axis *axis);

/* The short line that stands for row `index` in a legend, and the square of a layer. */
void svg_swatch(FILE *out, size_t index);
void svg_layer_swatch(FILE *out, enum layer layer);
void svg_huge_swatch(FILE *out);                /* of the line of huge pages across the layers */
const char *svg_layer_colour(enum layer layer); /* "#d55e00" */
