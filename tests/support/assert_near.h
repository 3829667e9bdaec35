/*
 * assert_near: cmocka 1.1.5 has no assertion for doubles.
 */
#pragma once

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* |a - b| <= tolerance; equal infinities are near, and so is NaN to NaN. */
#define assert_near(a, b, tolerance) assert_near_at(a, b, tolerance, __FILE__, __LINE__)

static inline void assert_near_at(double a, double b, double tolerance, const char *file, int line)
{
    if (fabs(a - b) <= tolerance || (isinf(a) && isinf(b) && signbit(a) == signbit(b)) ||
        (isnan(a) && isnan(b)))
        return;
    print_error("%.17g is not within %g of %.17g\n", a, tolerance, b);
    _fail(file, line);
}
