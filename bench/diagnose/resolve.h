/*
 * resolve: names for addresses, and no names where there are no symbols.
 *
 * Tools that only tell addresses get object and place from the process's map (/proc/PID/maps, saved
 * while it ran), and function, file and line from the object's symbols (symbols.h). A name in a
 * library that has none is that of the nearest exported function before it, which is most often
 * wrong (everything in Debian's libzmq is "zmq_version"): such names are removed.
 */
#pragma once

#include "stacks.h"

/* `maps` may be NULL: absolute addresses then stay as they are, and so does what is left when
 * `interrupt_fd` (-1: none) becomes readable. */
void resolve(struct stacks *stacks, const char *maps, int interrupt_fd);
