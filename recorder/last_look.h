/* last_look: what a preloaded library and its driver must agree on; last_look.c says what for. */
#pragma once

#define LAST_LOOK_ENV     "HEAPCHURN_LAST_LOOK"
#define LAST_LOOK_LIBRARY "libheapchurn-last-look.so"

enum { LAST_LOOK_PATIENCE_S = 5 };
