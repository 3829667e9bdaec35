/* Theil-Sen, Hodges-Lehmann and the exact ranks of their limits, against brute force. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assert_near.h"
#include "cleanup.h"
#include "draw.h"
#include "exact.h"
#include "hodges_lehmann.h"
#include "order.h"
#include "theil_sen.h"

/* As long as the statistic stays at or below k with at most this chance, rank k + 1 is a limit. */
static size_t rank_of(const size_t *tally, size_t length, double total, double side_alpha)
{
    double sum = 0;
    size_t rank = 0;
    while (rank < length && (sum += (double)tally[rank]) / total <= side_alpha + 1e-12)
        rank++;
    return rank;
}

static void published_ranks(void **state)
{
    (void)state;
    static const size_t kendall[] = {0, 0, 0, 0, 1, 2, 3, 5, 7, 10, 13};
    for (size_t n = 0; n < ARRAY_LENGTH(kendall); n++)
        assert_int_equal(exact_kendall_rank(n, 0.05), kendall[n]);
    assert_int_equal(exact_mann_whitney_rank(10, 5, 0.05), 12);
    assert_int_equal(exact_mann_whitney_rank(5, 5, 0.05), 5);
    assert_int_equal(exact_mann_whitney_rank(3, 3, 0.05), 1);
    assert_int_equal(exact_mann_whitney_rank(3, 3, 0.025), 0);
    assert_int_equal(exact_mann_whitney_rank(0, 5, 0.05), 0);
}

static void tally_permutations(int *values, size_t done, size_t count, size_t *tally)
{
    if (done == count) {
        size_t inversions = 0;
        for (size_t i = 0; i < count; i++) {
            for (size_t j = i + 1; j < count; j++)
                inversions += values[i] > values[j];
        }
        tally[inversions]++;
        return;
    }
    for (size_t i = done; i < count; i++) {
        int taken = values[i];
        values[i] = values[done];
        values[done] = taken;
        tally_permutations(values, done + 1, count, tally);
        values[done] = values[i];
        values[i] = taken;
    }
}

static void kendall_by_all_permutations(void **state)
{
    (void)state;
    for (size_t n = 2; n <= 8; n++) {
        int values[8];
        size_t tally[32] = {0};
        double total = 1;
        for (size_t i = 0; i < n; i++) {
            values[i] = (int)i;
            total *= (double)(i + 1);
        }
        tally_permutations(values, 0, n, tally);
        for (double alpha = 0.01; alpha < 0.2; alpha += 0.02)
            assert_int_equal(exact_kendall_rank(n, alpha), rank_of(tally, 32, total, alpha));
    }
}

static void mann_whitney_by_all_choices(void **state)
{
    (void)state;
    for (int m = 1; m <= 6; m++) {
        for (int n = 1; n <= 6; n++) {
            size_t tally[64] = {0};
            double total = 0;
            for (unsigned chosen = 0; chosen < 1U << (m + n); chosen++) {
                if (__builtin_popcount(chosen) != m)
                    continue;
                size_t u = 0;
                for (int rank = 0; rank < m + n; rank++) {
                    if (chosen >> rank & 1)
                        u += (size_t)__builtin_popcount(~chosen & ((1U << rank) - 1));
                }
                tally[u]++;
                total++;
            }
            size_t length = (size_t)m * (size_t)n + 1;
            for (double alpha = 0.01; alpha < 0.2; alpha += 0.02)
                assert_int_equal(exact_mann_whitney_rank((size_t)m, (size_t)n, alpha),
                                 rank_of(tally, length, total, alpha));
        }
    }
}

static void theil_sen_by_all_pairs(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (size_t n = 4; n <= 20; n++) {
        double x[20], y[20], slopes[190];
        size_t pairs = 0;
        for (size_t i = 0; i < n; i++) {
            x[i] = (double)i + splitmix_uniform(&seed);
            y[i] = 2 * x[i] + draw_normal(&seed);
            for (size_t j = 0; j < i; j++)
                slopes[pairs++] = (y[i] - y[j]) / (x[i] - x[j]);
        }
        (void)order_sort(slopes, pairs);
        size_t rank = exact_kendall_rank(n, 0.05);
        struct slope slope = theil_sen(x, y, n, 0.05);
        assert_near(slope.slope, (slopes[(pairs - 1) / 2] + slopes[pairs / 2]) / 2, 1e-12);
        assert_near(slope.low, slopes[rank - 1], 1e-12);
        assert_near(slope.high, slopes[pairs - rank], 1e-12);
    }
}

static void theil_sen_invariants(void **state)
{
    (void)state;
    uint64_t seed = 3;
    enum { N = 12 };
    double x[N], y[N], moved[N], rx[N], ry[N];
    for (size_t i = 0; i < N; i++) {
        x[i] = (double)i;
        y[i] = draw_normal(&seed);
        moved[i] = 3 * y[i] + 5 * x[i] + 7;
    }
    for (size_t i = 0; i < N; i++) {
        rx[i] = x[(i * 5) % N];
        ry[i] = y[(i * 5) % N];
    }
    struct slope plain = theil_sen(x, y, N, 0.05);
    struct slope scaled = theil_sen(x, moved, N, 0.05);
    struct slope permuted = theil_sen(rx, ry, N, 0.05);
    assert_near(scaled.slope, 3 * plain.slope + 5, 1e-12);
    assert_near(scaled.low, 3 * plain.low + 5, 1e-12);
    assert_near(scaled.high, 3 * plain.high + 5, 1e-12);
    assert_near(permuted.slope, plain.slope, 1e-15);
    assert_near(permuted.low, plain.low, 1e-15);
}

static void theil_sen_at_the_edges(void **state)
{
    (void)state;
    const double same_x[] = {4, 4, 4};
    const double repeated_x[] = {1, 1, 2, 3, 4, 5, 6, 7};
    const double line[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const double with_hole[] = {1, 2, NAN, 4, 5, 6, 7, 8};
    assert_true(isnan(theil_sen(line, line, 0, 0.05).slope));
    assert_true(isnan(theil_sen(line, line, 1, 0.05).slope));
    assert_true(isnan(theil_sen(same_x, line, 3, 0.05).slope));
    assert_near(theil_sen(line, line, 3, 0.05).slope, 1, 0);
    assert_near(theil_sen(line, line, 3, 0.05).low, -INFINITY, 0);
    assert_near(theil_sen(repeated_x, line, 8, 0.05).high, INFINITY, 0);
    assert_near(theil_sen(line, with_hole, 8, 0.05).low, 1, 0);
}

static void hodges_lehmann_by_hand(void **state)
{
    (void)state;
    const double a[] = {1, 2, 3, 4, 5, NAN};
    const double b[] = {11.5, 12.5, NAN, 13.5, 14.5, 15.5};
    struct shift shift = hodges_lehmann(a, 6, b, 6, 0.05);
    assert_near(shift.shift, 10.5, 1e-12);
    /* Differences are 6.5 (1 of 25), 7.5 (2), 8.5 (3) …: the fifth is 8.5. */
    assert_near(shift.low, 8.5, 1e-12);
    assert_near(shift.high, 12.5, 1e-12);
    struct shift back = hodges_lehmann(b, 6, a, 6, 0.05);
    assert_near(back.shift, -shift.shift, 1e-12);
    assert_near(back.low, -shift.high, 1e-12);
    assert_true(isnan(hodges_lehmann(a, 0, b, 6, 0.05).shift));
    assert_near(hodges_lehmann(a, 2, b, 2, 0.05).low, -INFINITY, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_ranks),
        cmocka_unit_test(kendall_by_all_permutations),
        cmocka_unit_test(mann_whitney_by_all_choices),
        cmocka_unit_test(theil_sen_by_all_pairs),
        cmocka_unit_test(theil_sen_invariants),
        cmocka_unit_test(theil_sen_at_the_edges),
        cmocka_unit_test(hodges_lehmann_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
