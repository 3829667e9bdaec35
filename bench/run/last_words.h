/*
 * last_words: what a program that nobody knows said last, which is most often why it went wrong.
 */
#pragma once

#include <stddef.h>

enum { LAST_WORDS_MAX = 200 };

/* The last line of a log that is not empty, as it can be printed; "" where there is none. Returns
 * `out`. */
const char *last_words(const char *folder, const char *role, char *out, size_t size);
