/*
 * assert_between: low <= value <= high, of whole numbers. cmocka 1.1 has it for unsigned numbers
 * only, as assert_in_range(), which cmocka 2 deprecates for two others.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define assert_between(value, low, high) \
    assert_between_at((intmax_t)(value), (intmax_t)(low), (intmax_t)(high), __FILE__, __LINE__)

static inline void assert_between_at(intmax_t value, intmax_t low, intmax_t high, const char *file,
                                     int line)
{
    if (value >= low && value <= high)
        return;
    print_error("%jd is not from %jd to %jd\n", value, low, high);
    _fail(file, line);
}
