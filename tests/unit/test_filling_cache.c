/* A cache that fills, and a leak: where growth surely slows down it is no leak, or not sure to be
 * one; where it does not the two look alike, and the words say so. Rates of error are those of
 * curves drawn at random, always the same ones; docs/reading.md has the figures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "attribution.h"

#define MIB (1024.0 * 1024)
enum { ROWS = 120, DRAWN = 1000 };

/* How live comes in along the work, 0 to 1. */
static double steadily(double work, double scale)
{
    return work / scale;
}

/* Keys at random: ever fewer are new. `scale`: work in which 63 % of the room is filled. */
static double into_less_and_less_room(double work, double scale)
{
    return 1 - exp(-work / scale);
}

static double until_full(double work, double scale)
{
    return fmin(1, work / scale);
}

typedef double fill(double work, double scale);

static void add_columns(struct memory_curve *curve, size_t rows)
{
    *curve = (struct memory_curve){.count = rows};
    (void)memory_curve_add(curve, MEMORY_CYCLE);
    (void)memory_curve_add(curve, MEMORY_LIVE);
    (void)memory_curve_add(curve, MEMORY_RSS);
}

static void put(struct memory_curve *curve, size_t row, double live_bytes)
{
    curve->column[MEMORY_CYCLE][row] = 100.0 * (double)row;
    curve->column[MEMORY_LIVE][row] = live_bytes;
    curve->column[MEMORY_RSS][row] = live_bytes + 4 * MIB;
}

static const struct shown {
    fill *shape;
    double scale;
    enum verdict_kind kind;
    enum confidence confidence;
    const char *says;
} shown[] = {
    {steadily, 1, VERDICT_LEAK, CONFIDENCE_HIGH, "and keeps its pace"},
    {until_full, 1.01, VERDICT_LEAK, CONFIDENCE_HIGH, "and keeps its pace"},
    {until_full, 0.2, VERDICT_PLATEAU, CONFIDENCE_HIGH, "no leak above"},
    {into_less_and_less_room, 1.7, VERDICT_LEAK, CONFIDENCE_MEDIUM,
     "and slows down, to 82 % of its pace"},
    {into_less_and_less_room, 0.85, VERDICT_INCONCLUSIVE, CONFIDENCE_NONE,
     "but slows down, to 67 % of its pace: a cache that fills, or a leak behind a long warm-up"},
    {into_less_and_less_room, 0.35, VERDICT_INCONCLUSIVE, CONFIDENCE_NONE,
     "but slows down, to 37 % of its pace"},
    {into_less_and_less_room, 0.05, VERDICT_PLATEAU, CONFIDENCE_HIGH, "no leak above"},
};

static void what_is_said(void **state)
{
    (void)state;
    for (const struct shown *row = shown; row < shown + ARRAY_LENGTH(shown); row++) {
        AUTO(memory_curve) struct memory_curve curve;
        struct attribution answer;
        char text[640];
        add_columns(&curve, ROWS);
        for (size_t i = 0; i < ROWS; i++)
            put(&curve, i, 8 * MIB + 40 * MIB * row->shape((double)i / (ROWS - 1), row->scale));
        attribution_judge(&curve, &answer);
        (void)finding_sentence(&answer.findings.list[0], "cycle", text, sizeof text);
        if (answer.verdict.kind != row->kind || answer.verdict.confidence != row->confidence ||
            !strstr(text, row->says))
            fail_msg("%zu: %s, %s: %s", (size_t)(row - shown), verdict_names[answer.verdict.kind],
                     confidence_names[answer.verdict.confidence], text);
    }
}

static void what_to_do_is_said(void **state)
{
    (void)state;
    const struct finding leak = {.kind = FINDING_LIVE_GROWS};
    assert_non_null(strstr(finding_next(&leak), "looks the same until it is full"));
    const struct finding slows = {.kind = FINDING_UNDECIDED, .reason = REASON_LIVE_GROWS_BUT_SLOWS};
    assert_non_null(strstr(finding_next(&slows), "what fills comes to rest"));
}

/* xorshift; 0 to 1, both excluded. */
static double uniform(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return ((double)(*seed >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *seed)
{
    return sqrt(-2 * log(uniform(seed))) * cos(6.283185307179586 * uniform(seed));
}

static double between(uint64_t *seed, double low, double high)
{
    return low * pow(high / low, uniform(seed));
}

/* 24 to 600 samples, noise of 0.1 to 1.2 %, most of it autocorrelated, growth of 4 to 150 %. */
static enum confidence leak_in_drawn(uint64_t *seed, fill *shape, double low, double high)
{
    AUTO(memory_curve) struct memory_curve curve;
    struct attribution answer;
    size_t rows = 24 + (size_t)(uniform(seed) * 576);
    double base = between(seed, 0.6 * MIB, 80 * MIB), noise = between(seed, 0.001, 0.012);
    double growth = base * between(seed, 0.04, 1.5), scale = between(seed, low, high);
    double memory = uniform(seed) < 0.4 ? 0 : 0.97 * uniform(seed), error = 0;
    add_columns(&curve, rows);
    for (size_t i = 0; i < rows; i++) {
        error = memory * error + sqrt(1 - memory * memory) * normal(seed);
        put(&curve, i,
            base * (1 + noise * error) + growth * shape((double)i / (double)(rows - 1), scale));
    }
    attribution_judge(&curve, &answer);
    return attribution_leak_confidence(&answer);
}

static double sure_leaks_percent(fill *shape, double low, double high)
{
    uint64_t seed = 88172645463325252;
    size_t sure = 0;
    for (size_t i = 0; i < DRAWN; i++)
        sure += leak_in_drawn(&seed, shape, low, high) == CONFIDENCE_HIGH;
    return 100.0 * (double)sure / DRAWN;
}

static void rates_of_error(void **state)
{
    (void)state;
    double leaks = sure_leaks_percent(steadily, 1, 1.0001);
    double caches = sure_leaks_percent(into_less_and_less_room, 0.25, 2);
    print_message("sure leaks: of leaks %.1f %%, of caches 39 to 98 %% full %.1f %%\n", leaks,
                  caches);
    assert_true(leaks > 78);
    assert_true(caches < 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said),
        cmocka_unit_test(what_to_do_is_said),
        cmocka_unit_test(rates_of_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
