/*
 * svg_hover: what is said when somebody points at a picture.
 *
 * Over the plot lie columns that nobody sees. Each has a title, which browsers show when it is
 * pointed at, also where scripts are blocked: the place on the axis, and all values there.
 */
#pragma once

#include "curves.h"
#include "layers.h"
#include "svg_frame.h"

/* One line per row: its median, and the range of its blocks where they differ. */
void svg_hover_curves(FILE *out, const struct svg_frame *frame, const struct curves *curves,
                      const struct svg_axis *axis);

/* One line per layer, the topmost first, then their sum. */
void svg_hover_layers(FILE *out, const struct svg_frame *frame, const struct layers *layers,
                      const struct svg_axis *axis);
