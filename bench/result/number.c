#include "number.h"

#include <math.h>
#include <stdio.h>

const char *number_format(double value, char *out, size_t size)
{
    enum { DIGITS = 3, DECIMALS_MAX = 2 };
    if (!isfinite(value)) {
        (void)snprintf(out, size, "n/a");
        return out;
    }
    if (value == 0) {
        (void)snprintf(out, size, "0");
        return out;
    }
    double magnitude = fabs(value) < 0.005 ? 0 : fabs(value); /* no "-0.00" */
    int whole_digits = magnitude >= 1 ? (int)floor(log10(magnitude)) + 1 : 1;
    if (whole_digits > DIGITS) {
        double step = pow(10, whole_digits - DIGITS);
        (void)snprintf(out, size, "%.0f", round(value / step) * step);
        return out;
    }
    int decimals = DIGITS - whole_digits;
    (void)snprintf(out, size, "%.*f", decimals < DECIMALS_MAX ? decimals : DECIMALS_MAX,
                   magnitude == 0 ? 0.0 : value);
    return out;
}
