#include "assert_between.h"
#include "assert_near.h"
#include "bare_result.h"
#include "draw.h"
#include "roles.h"

enum { ROWS = 3, BLOCKS = 10, REPLAYS = 1000 };

static const char *const rows[] = {"glibc", "jemalloc", "mimalloc"};

/* Rows drift together from block to block, and each block of a row by itself by `spread`. */
static void draw_run(struct bare_result *bare, size_t blocks, double spread, const double *factors,
                     uint64_t *state)
{
    double drift[BLOCKS], values[BLOCKS];
    for (size_t i = 0; i < blocks; i++)
        drift[i] = exp(0.05 * draw_normal(state));
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t i = 0; i < blocks; i++)
            values[i] = 1e6 * factors[row] * drift[i] * exp(spread * draw_normal(state));
        bare_set(bare, row, ROLE_PEER, compared_metrics[0], values);
    }
}

/* In how many replays the second row is called different from the first in one metric. */
static int count_called(size_t blocks, double spread, const double *factors)
{
    uint64_t state = 4242;
    int called = 0;
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, ROWS, blocks, &bare);
    for (int replay = 0; replay < REPLAYS; replay++) {
        struct result_comparison comparisons[COMPARED_METRICS];
        draw_run(&bare, blocks, spread, factors, &state);
        compare_metrics(&bare.workload, blocks, comparisons);
        struct comparison pair = compare_metrics_pair(&comparisons[0], 1, 0);
        called += pair.word == COMPARISON_WORSE || pair.word == COMPARISON_BETTER;
        compare_metrics_release(comparisons);
    }
    return called;
}

static void test_same_row_twice(void **state)
{
    (void)state;
    static const double same[ROWS] = {1, 1, 1};
    static const size_t blocks[] = {3, 5, 10};
    for (size_t i = 0; i < ARRAY_LENGTH(blocks); i++) {
        int called = count_called(blocks[i], 0.03, same);
        print_message("A/A, %zu blocks: %d of %d called different\n", blocks[i], called, REPLAYS);
        assert_between(called, 0, REPLAYS / 100);
    }
}

static void test_ten_per_cent_more(void **state)
{
    (void)state;
    static const double more[ROWS] = {1, 1.10, 1};
    int called = count_called(BLOCKS, 0.02, more);
    print_message("A/B +10 %%, %d blocks: %d of %d found\n", BLOCKS, called, REPLAYS);
    assert_between(called, REPLAYS * 95 / 100, REPLAYS);
}

/* A block that one row lacks is left out of its pairs, and of no other. */
static void test_missing_block(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    struct result_comparison comparisons[COMPARED_METRICS];
    static const double low[] = {100, 100, 100, 100}, high[] = {200, 200, 200, 1};
    bare_build(rows, ROWS, 4, &bare);
    bare_set(&bare, 0, ROLE_PEER, METRIC_RSS_ANON_PEAK, low);
    bare_set(&bare, 1, ROLE_PEER, METRIC_RSS_ANON_PEAK, high);
    bare.workload.rows[1].valid = 3; /* the last block, with its wild value, is not valid */
    compare_metrics(&bare.workload, 4, comparisons);
    struct comparison pair = compare_metrics_pair(&comparisons[0], 1, 0);
    assert_int_equal(pair.blocks, 3);
    assert_near(pair.ratio, 2, 1e-9);
    assert_int_equal(pair.word, COMPARISON_WORSE);
    assert_int_equal(compare_metrics_pair(&comparisons[0], 2, 0).blocks, 4);
    struct comparison turned = compare_metrics_pair(&comparisons[0], 0, 1);
    assert_near(turned.ratio, 0.5, 1e-9);
    assert_int_equal(turned.word, COMPARISON_BETTER);
    assert_true(turned.low <= turned.ratio + 1e-9 && turned.ratio <= turned.high + 1e-9);
    bare.workload.rows[1].valid = 4;
    compare_metrics_release(comparisons);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_row_twice),
        cmocka_unit_test(test_ten_per_cent_more),
        cmocka_unit_test(test_missing_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
