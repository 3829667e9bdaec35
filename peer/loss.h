/*
 * loss: memory lost on purpose, for leak checkers to find.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct loss {
    int64_t blocks;
    int64_t bytes; /* usable: what the allocator made of the request */
};

/* Allocate, touch and forget one block. */
void loss_make(struct loss *loss, size_t bytes);
