/*
 * student: Student's t distribution and Fisher's F, for any positive number of degrees of freedom.
 *
 * From the regularised incomplete beta function by its continued fraction (DLMF 8.17.22, 26.5.8 of
 * Abramowitz and Stegun); quantiles by bisection of it. Right to 8 digits with a
 * million degrees of freedom, to 12 below a thousand.
 */
#pragma once

/* P(T > t). */
double student_upper_tail(double t, double df);

/* P(|T| > |t|); 0 for infinite t. */
double student_two_sided_p(double t, double df);

/* The t with P(T <= t) = p; 0 < p < 1. */
double student_quantile(double p, double df);

/* P(F > f), f >= 0, with `df_above` degrees of freedom of what is divided (DLMF 8.17). */
double fisher_upper_tail(double f, double df_above, double df_below);
