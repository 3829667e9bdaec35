#include "student.h"

#include <assert.h>
#include <math.h>

static double beta_regularised(double a, double b, double x, double one_minus_x);
static double beta_fraction(double a, double b, double x);
static double away_from_zero(double value);

double student_upper_tail(double t, double df)
{
    assert(df > 0 && isfinite(df));
    if (t < 0)
        return 1 - student_upper_tail(-t, df);
    double square = t * t;
    if (isinf(square))
        return 0;
    return beta_regularised(df / 2, 0.5, df / (df + square), square / (df + square)) / 2;
}

double student_two_sided_p(double t, double df)
{
    return 2 * student_upper_tail(fabs(t), df);
}

double student_quantile(double p, double df)
{
    assert(p > 0 && p < 1);
    if (p <= 0.5)
        return p < 0.5 ? -student_quantile(1 - p, df) : 0;
    double low = 0;
    double high = 1;
    while (student_upper_tail(high, df) > 1 - p) {
        low = high;
        high *= 2;
    }
    for (;;) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            return high;
        if (student_upper_tail(middle, df) > 1 - p)
            low = middle;
        else
            high = middle;
    }
}

double fisher_upper_tail(double f, double df_above, double df_below)
{
    assert(f >= 0 && df_above > 0 && df_below > 0);
    if (isinf(f))
        return 0;
    double above = df_above * f;
    double all = df_below + above;
    return beta_regularised(df_below / 2, df_above / 2, df_below / all, above / all);
}

/* I_x(a, b). The fraction converges fast below the mean of the distribution; above it the mirror
 * image I_x(a, b) = 1 - I_1-x(b, a) does. */
static double beta_regularised(double a, double b, double x, double one_minus_x)
{
    if (x <= 0 || one_minus_x <= 0)
        return x <= 0 ? 0 : 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(one_minus_x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, one_minus_x) / b;
}

/* Evaluated by the modified method of Lentz (Thompson and Barnett 1986). */
static double beta_fraction(double a, double b, double x)
{
    enum { STEPS_MAX = 100000 };
    double c = 1;
    double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
    double value = d;
    for (int step = 1; step < STEPS_MAX; step++) {
        double m = step;
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        value *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        value *= d * c;
        if (fabs(d * c - 1) < 1e-15)
            break;
    }
    return value;
}

static double away_from_zero(double value)
{
    return fabs(value) < 1e-300 ? 1e-300 : value;
}
