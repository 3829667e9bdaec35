#include "svg_frame.h"

#include <math.h>

#include "curves.h"
#include "escape.h"

void svg_put_text(FILE *out, const char *text)
{
    escape_put(out, ESCAPE_MARKUP, text);
}

int svg_x(const struct svg_frame *frame, double position)
{
    return frame->left + (int)lround((frame->right - frame->left) * position / CURVES_END);
}

int svg_y(const struct svg_frame *frame, double bytes)
{
    double share = frame->top_bytes > 0 ? bytes / frame->top_bytes : 0;
    return frame->bottom - (int)lround((frame->bottom - frame->top) * share);
}
