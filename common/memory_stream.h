/*
 * memory_stream: a text put together by printing.
 *
 *     struct memory_stream memory;
 *     FILE *out = memory_stream_open(&memory);
 *     (void)fprintf(out, …);
 *     return memory_stream_close(&memory);   the caller frees
 *
 * Both abort when out of memory: the driver cannot go on.
 */
#pragma once

#include <stdio.h>

struct memory_stream {
    FILE *out;
    char *text;  /* once closed */
    size_t size; /* once closed: of the text, without its end */
};

FILE *memory_stream_open(struct memory_stream *memory);

/* The text, never NULL. */
char *memory_stream_close(struct memory_stream *memory);
