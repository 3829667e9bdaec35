#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "assert_near.h"
#include "cleanup.h"
#include "clock.h"
#include "draw.h"
#include "verdict.h"

#define MIB (1024.0 * 1024)

/* A curve made by rule: levels with noise, and growth per cycle. */
struct recipe {
    size_t count;
    double live_bytes, live_growth;
    double heap_bytes;
    double rss_bytes, rss_growth;
    double noise; /* sd, share of the level */
};

static const struct recipe calm = {
    .count = 200,
    .live_bytes = 10 * MIB,
    .heap_bytes = 12 * MIB,
    .rss_bytes = 20 * MIB,
    .noise = 0.001,
};

enum { POINTS_MAX = 1000000, CYCLES_PER_SAMPLE = 8 };

static double cycle[POINTS_MAX], live[POINTS_MAX], heap[POINTS_MAX], rss[POINTS_MAX];

static struct curve make_curve(const struct recipe *recipe)
{
    uint64_t seed = 31;
    for (size_t i = 0; i < recipe->count; i++) {
        cycle[i] = (double)(i * CYCLES_PER_SAMPLE);
        double noise = 1 + recipe->noise * draw_normal(&seed);
        live[i] = recipe->live_bytes * noise + recipe->live_growth * cycle[i];
        heap[i] = recipe->heap_bytes * noise + recipe->live_growth * cycle[i];
        rss[i] = recipe->rss_bytes * noise + recipe->rss_growth * cycle[i];
    }
    return (struct curve){.cycle = cycle,
                          .live_bytes = live,
                          .heap_bytes = heap,
                          .rss_bytes = rss,
                          .count = recipe->count};
}

static void expect(const struct curve *curve, enum verdict_kind kind, enum verdict_reason reason)
{
    struct verdict verdict;
    verdict_judge(curve, &verdict);
    if (verdict.kind != kind || verdict.reason != reason)
        fail_msg("%s, %s; expected %s, %s", verdict_names[verdict.kind],
                 verdict_reason_names[verdict.reason], verdict_names[kind],
                 verdict_reason_names[reason]);
    assert_int_equal(verdict.confidence == CONFIDENCE_NONE, kind == VERDICT_INCONCLUSIVE);
}

static void the_four_verdicts(void **state)
{
    (void)state;
    struct recipe recipe = calm;
    struct curve curve = make_curve(&recipe);
    expect(&curve, VERDICT_PLATEAU, REASON_FLAT);

    recipe.heap_bytes = 25 * MIB;
    curve = make_curve(&recipe);
    expect(&curve, VERDICT_RETENTION, REASON_HEAP_HELD_ABOVE_LIVE);

    recipe = calm;
    recipe.rss_growth = 4096;
    curve = make_curve(&recipe);
    expect(&curve, VERDICT_RETENTION, REASON_RSS_GROWS_LIVE_FLAT);

    recipe.live_growth = 1024;
    curve = make_curve(&recipe);
    expect(&curve, VERDICT_LEAK, REASON_LIVE_KEEPS_GROWING);

    recipe.noise = 0.5;
    curve = make_curve(&recipe);
    expect(&curve, VERDICT_INCONCLUSIVE, REASON_LIVE_UNCLEAR);

    recipe = calm;
    recipe.noise = 0;
    curve = make_curve(&recipe);
    for (size_t i = 0; i < recipe.count; i++)
        live[i] += 8 * MIB * (1 - exp(-cycle[i] / 600)); /* a warm-up that takes half of the run */
    expect(&curve, VERDICT_INCONCLUSIVE, REASON_LIVE_GROWS_BUT_SLOWS);
}

/* 0 to 12 samples, as the reference answers them: below 12 there is nothing to say, and 12 leave
 * too few after the warm-up. */
static void few_samples(void **state)
{
    (void)state;
    struct recipe recipe = calm;
    for (size_t count = 0; count <= 12; count++) {
        recipe.count = count;
        struct curve curve = make_curve(&recipe);
        expect(&curve, VERDICT_INCONCLUSIVE,
               count < 12 ? REASON_TOO_FEW_SAMPLES : REASON_LIVE_UNCLEAR);
    }
    recipe.count = 18;
    struct curve curve = make_curve(&recipe);
    expect(&curve, VERDICT_PLATEAU, REASON_FLAT);
}

static void missing_signals(void **state)
{
    (void)state;
    struct recipe recipe = calm;
    struct curve curve = make_curve(&recipe);
    struct verdict verdict;
    curve.live_bytes = NULL;
    expect(&curve, VERDICT_INCONCLUSIVE, REASON_NO_LIVE_SIGNAL);
    verdict_judge(&curve, &verdict);
    assert_int_equal(verdict.rss.state, SIGNAL_FLAT);
    assert_false(verdict.live.available);
    assert_true(isnan(verdict.heap_per_live));

    curve = make_curve(&recipe);
    curve.heap_bytes = NULL;
    expect(&curve, VERDICT_PLATEAU, REASON_FLAT);

    curve.rss_bytes = NULL;
    expect(&curve, VERDICT_INCONCLUSIVE, REASON_RSS_UNCLEAR);

    recipe.live_growth = 1024;
    curve = make_curve(&recipe);
    curve.rss_bytes = NULL;
    expect(&curve, VERDICT_LEAK, REASON_LIVE_KEEPS_GROWING);

    curve.live_bytes = NULL;
    expect(&curve, VERDICT_INCONCLUSIVE, REASON_TOO_FEW_SAMPLES);

    for (size_t i = 0; i < recipe.count; i++)
        live[i] = NAN;
    curve =
        (struct curve){.cycle = cycle, .live_bytes = live, .rss_bytes = rss, .count = recipe.count};
    expect(&curve, VERDICT_INCONCLUSIVE, REASON_NO_LIVE_SIGNAL);
}

/* Live is asked for at the end of a round only, RSS is sampled all the time. */
static void live_in_every_fourth_sample(void **state)
{
    (void)state;
    struct recipe recipe = calm;
    recipe.count = 400;
    recipe.live_growth = 1024;
    struct curve curve = make_curve(&recipe);
    for (size_t i = 0; i < recipe.count; i++) {
        if (i % 4 != 3)
            live[i] = NAN;
    }
    struct verdict verdict;
    verdict_judge(&curve, &verdict);
    assert_int_equal(verdict.kind, VERDICT_LEAK);
    assert_int_equal(verdict.live.samples, 100);
    assert_int_equal(verdict.rss.samples, 400);
    assert_int_equal(verdict.samples, 100);
    assert_near(verdict.live.slope_per_cycle, 1024, 20);
}

static void curves_without_a_shape(void **state)
{
    (void)state;
    struct recipe recipe = calm;
    struct curve curve = make_curve(&recipe);
    for (size_t i = 0; i < recipe.count; i++)
        cycle[i] = 7;
    expect(&curve, VERDICT_INCONCLUSIVE, REASON_LIVE_UNCLEAR);

    recipe.noise = 0;
    curve = make_curve(&recipe);
    expect(&curve, VERDICT_PLATEAU, REASON_FLAT);
    struct verdict verdict;
    verdict_judge(&curve, &verdict);
    assert_near(verdict.live.unseen_per_cycle, 0, 0);
    assert_near(verdict.live.largest_step_share, 0, 0);

    /* All the judged work but for one sample at its very end: slices in between are empty. */
    for (size_t i = 0; i < recipe.count; i++)
        cycle[i] = i < 50 ? 0 : 1000;
    expect(&curve, VERDICT_INCONCLUSIVE, REASON_LIVE_UNCLEAR);
}

/* The same curve in other units of work, or begun at another cycle, is judged the same. */
static void invariants(void **state)
{
    (void)state;
    struct recipe recipe = calm;
    recipe.live_growth = 1024;
    recipe.noise = 0.01;
    struct curve curve = make_curve(&recipe);
    struct verdict plain, moved;
    verdict_judge(&curve, &plain);
    for (size_t i = 0; i < recipe.count; i++)
        cycle[i] = 4 * cycle[i] + 4096;
    verdict_judge(&curve, &moved);
    assert_int_equal(moved.kind, plain.kind);
    assert_int_equal(moved.confidence, plain.confidence);
    assert_near(4 * moved.live.slope_per_cycle, plain.live.slope_per_cycle, 1e-9);
    assert_near(4 * moved.live.slope_low, plain.live.slope_low, 1e-9);
    assert_near(4 * moved.rss.slope_high, plain.rss.slope_high, 1e-9);

    /* Samples of the same cycle have no order. */
    for (size_t i = 0; i < recipe.count; i++)
        cycle[i] = (double)(i / 4);
    verdict_judge(&curve, &plain);
    uint64_t seed = 32;
    for (size_t i = 0; i < recipe.count; i += 4)
        draw_shuffle(&seed, live + i, 4);
    verdict_judge(&curve, &moved);
    assert_near(moved.live.slope_per_cycle, plain.live.slope_per_cycle, 0);
    assert_near(moved.live.slope_low, plain.live.slope_low, 0);
}

static int64_t judging_ns(size_t count)
{
    struct recipe recipe = calm;
    recipe.count = count;
    recipe.live_growth = 0.01; /* looks at the second half as well */
    recipe.noise = 0.2;
    struct curve curve = make_curve(&recipe);
    int64_t best_ns = INT64_MAX;
    for (int attempt = 0; attempt < 2; attempt++) {
        struct verdict verdict;
        int64_t begin_ns = clock_thread_cpu_ns();
        verdict_judge(&curve, &verdict);
        int64_t taken_ns = clock_thread_cpu_ns() - begin_ns;
        best_ns = taken_ns < best_ns ? taken_ns : best_ns;
    }
    return best_ns;
}

/* n log n makes ten times the samples cost 12 times the time, n squared 100 times. */
static void time_grows_with_the_samples(void **state)
{
    (void)state;
    int64_t small_ns = judging_ns(POINTS_MAX / 10);
    int64_t large_ns = judging_ns(POINTS_MAX);
    print_message("%d samples: %.0f ms, %.1f times a tenth of them\n", POINTS_MAX,
                  (double)large_ns / 1e6, (double)large_ns / (double)small_ns);
    assert_true(large_ns < 40 * small_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_four_verdicts),
        cmocka_unit_test(few_samples),
        cmocka_unit_test(missing_signals),
        cmocka_unit_test(live_in_every_fourth_sample),
        cmocka_unit_test(curves_without_a_shape),
        cmocka_unit_test(invariants),
        cmocka_unit_test(time_grows_with_the_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
