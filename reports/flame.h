/*
 * flame: collapsed stacks as a flame graph: which code holds the bytes.
 *
 * One line per stack, outermost frame first, and what it holds: "main;zmq_poll;malloc 4096". The
 * A function that calls itself, or stands for several without symbols, is one frame. The
 * graph grows downwards: the width of a frame is the share of the bytes below it. Only presentation
 * attributes, as in svg.h; what a frame is and holds is its title, which browsers show on hovering.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cleanup.h"

struct flame_frame {
    char *name;
    int64_t bytes;      /* its own and of all below it */
    size_t child, next; /* index of the first frame below it, of the next beside it; 0: none */
};

struct flame {
    struct flame_frame *frames; /* [0] is the root, of all stacks */
    size_t count;
};

/* Lines that are no stack, or hold nothing, are left out. */
void flame_read(FILE *in, struct flame *out);
void flame_release(struct flame *flame);
DEFINE_AUTO(flame, flame_release)

/* Frames below a two-hundredth of the width are left out, and so is what is deeper than
 * FLAME_DEPTH_MAX. Nothing is written where there is no stack. */
enum { FLAME_DEPTH_MAX = 40 };
void flame_write(FILE *out, const char *title, const struct flame *flame);
