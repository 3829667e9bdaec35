/* What is said over several hosts: by hand, and by simulation: how often the interval holds the
 * truth, and how often "holds on every host" is said where it does not. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "assert_between.h"
#include "assert_near.h"
#include "cleanup.h"
#include "compare.h"
#include "draw.h"
#include "over_hosts.h"
#include "student.h"

enum { HOSTS_MAX = 10, BLOCKS_EACH = 5, BLOCKS = HOSTS_MAX * BLOCKS_EACH };

/* Sokal and Rohlf's way, by hand: hosts {1, 2, 3}, {4, 6}, {5}; within 2 + 2 of 3 degrees. */
static void by_hand(void **state)
{
    (void)state;
    static const double values[] = {1, 4, 2, NAN, 6, 3, 5};
    static const size_t host_of[] = {0, 1, 0, 3, 1, 0, 2};
    struct over_host each[4];
    struct over_hosts over;
    over_hosts(values, host_of, ARRAY_LENGTH(values), 4, each, &over);
    assert_int_equal(over.hosts, 3);
    assert_int_equal(over.blocks, 6);
    assert_near(each[0].mean, 2, 1e-12);
    assert_near(each[1].mean, 5, 1e-12);
    assert_true(isnan(each[3].mean) && each[3].blocks == 0);
    assert_near(over.mean, 4, 1e-12);
    assert_near(over.degrees, 3, 0);
    /* s^2 = 4/3; se = s sqrt(1/3 + 1/2 + 1) / 3 */
    assert_near(over.standard_error, sqrt(4.0 / 3 * (1.0 / 3 + 0.5 + 1)) / 3, 1e-12);
    assert_near(each[0].high - each[0].mean, student_quantile(.975, 3) * sqrt(4.0 / 9), 1e-12);
    assert_near(over.high - over.mean, student_quantile(.975, 2) * sqrt(3.0) / sqrt(3.0), 1e-12);
    /* F = (13.5 / 2) / (4 / 3) with 2 and 3 degrees: P = (1 + 2F/3)^(-3/2) */
    assert_near(over.between_p, pow(1 + 2 * 5.0625 / 3, -1.5), 1e-9);
}

static void what_cannot_be_told_is_not(void **state)
{
    (void)state;
    static const double one_each[] = {1, 2, 3};
    static const size_t host_of[] = {0, 1, 2}, all_one[] = {0, 0, 0};
    struct over_host each[3];
    struct over_hosts over;
    over_hosts(one_each, host_of, 3, 3, each, &over);
    assert_true(over.degrees == 0 && isnan(over.standard_error) && isnan(over.between_p));
    assert_near(over.mean, 2, 0);
    assert_true(isnan(each[0].low) && isfinite(over.low));
    over_hosts(one_each, all_one, 3, 1, each, &over);
    assert_true(isnan(over.low) && isnan(over.between_p) && isfinite(over.standard_error));
    over_hosts(one_each, host_of, 0, 3, each, &over);
    assert_true(over.hosts == 0 && isnan(over.mean));
}

/* A fleet: an effect, hosts that differ, blocks that are noisy. */
struct fleet {
    size_t hosts, blocks; /* of each; 0: one to five */
    double effect, between, within;
    size_t without; /* hosts on which there is no effect, the first ones */
};

static size_t draw_fleet(const struct fleet *fleet, uint64_t *seed, double *reference, double *row,
                         size_t *host_of)
{
    size_t count = 0;
    for (size_t h = 0; h < fleet->hosts; h++) {
        double own = (h < fleet->without ? 0 : fleet->effect) + fleet->between * draw_normal(seed);
        double level = draw_normal(seed); /* hosts differ by more than rows */
        size_t blocks = fleet->blocks ? fleet->blocks : 1 + (h * 3 + 1) % 5;
        for (size_t b = 0; b < blocks; b++, count++) {
            host_of[count] = h;
            reference[count] = exp(10 + level + fleet->within * draw_normal(seed));
            row[count] = exp(10 + level + own + fleet->within * draw_normal(seed));
        }
    }
    return count;
}

static void compare_fleet(const struct fleet *fleet, uint64_t *seed, struct comparison *out)
{
    double values[2 * BLOCKS];
    double row[BLOCKS];
    size_t host_of[BLOCKS];
    size_t count = draw_fleet(fleet, seed, values, row, host_of);
    for (size_t i = 0; i < count; i++)
        values[count + i] = row[i];
    const struct compare_hosts hosts = {.of_block = host_of, .count = fleet->hosts};
    compare_rows_over(&hosts, values, 2, count, out);
}

/* 95 % of intervals over hosts hold the truth of the hosts they were drawn from. */
static void the_interval_over_hosts_covers(void **state)
{
    (void)state;
    enum { SESSIONS = 2000 };
    static const size_t hosts[] = {2, 3, 5, 10};
    static const size_t blocks[] = {3, 0};
    uint64_t seed = 21;
    for (size_t b = 0; b < ARRAY_LENGTH(blocks); b++)
        for (size_t i = 0; i < ARRAY_LENGTH(hosts); i++) {
            const struct fleet fleet = {hosts[i], blocks[b], -.15, .05, .03, 0};
            int held = 0;
            for (int session = 0; session < SESSIONS; session++) {
                struct comparison pair;
                compare_fleet(&fleet, &seed, &pair);
                held +=
                    log(pair.others_low) <= fleet.effect && log(pair.others_high) >= fleet.effect;
            }
            print_message("%zu hosts of %zu blocks: %.1f %% hold the truth\n", hosts[i], blocks[b],
                          100.0 * held / SESSIONS);
            assert_between(held, SESSIONS * 93 / 100, SESSIONS * 97 / 100);
        }
}

/* "Holds on n of n hosts" where one has no effect, or none has; and where all have it. */
static void holds_everywhere_is_rarely_false(void **state)
{
    (void)state;
    enum { SESSIONS = 2000 };
    static const struct {
        struct fleet fleet;
        int least, most; /* of 1000 */
    } cases[] = {
        {{2, 3, -.15, 0, .03, 1}, 0, 25},       {{3, 3, -.15, 0, .03, 1}, 0, 25},
        {{5, 3, -.15, 0, .03, 1}, 0, 25},       {{10, 3, -.15, 0, .03, 1}, 0, 25},
        {{5, 1, -.15, 0, .03, 1}, 0, 0},        {{3, 3, 0, 0, .03, 0}, 0, 5},
        {{3, 3, 0, .03, .03, 0}, 0, 20},        {{3, 3, -.15, 0, .01, 0}, 980, 1000},
        {{5, 3, -.15, .02, .01, 0}, 900, 1000},
    };
    uint64_t seed = 22;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct fleet *fleet = &cases[i].fleet;
        int everywhere = 0, differ = 0;
        for (int session = 0; session < SESSIONS; session++) {
            struct comparison pair;
            compare_fleet(fleet, &seed, &pair);
            everywhere += (pair.word == COMPARISON_BETTER || pair.word == COMPARISON_WORSE) &&
                          pair.hosts_agree == fleet->hosts;
            differ += pair.hosts_differ;
        }
        print_message("%zu hosts of %zu, %zu without, sd %.2f/%.2f: everywhere %.2f %%, differ "
                      "%.2f %%\n",
                      fleet->hosts, fleet->blocks, fleet->without, fleet->between, fleet->within,
                      100.0 * everywhere / SESSIONS, 100.0 * differ / SESSIONS);
        assert_between(everywhere, SESSIONS / 1000 * cases[i].least,
                       SESSIONS / 1000 * cases[i].most);
    }
}

/* Four equal rows on several hosts: any of the six pairs called different. */
static void equal_rows_are_not_different(void **state)
{
    (void)state;
    enum { SESSIONS = 1000, ROWS = 4 };
    static const struct {
        size_t hosts, blocks;
        double noise;
        int most;
    } cases[] = {{2, 3, .03, 10}, {3, 3, .03, 10}, {10, 3, .03, 10}, {3, 1, .03, 20}};
    uint64_t seed = 23;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int alarms = 0;
        for (int session = 0; session < SESSIONS; session++) {
            double values[ROWS * BLOCKS];
            size_t host_of[BLOCKS];
            size_t count = cases[i].hosts * cases[i].blocks;
            struct comparison pairs[6];
            bool any = false;
            for (size_t b = 0; b < count; b++) {
                double level = draw_normal(&seed);
                host_of[b] = b / cases[i].blocks;
                for (size_t r = 0; r < ROWS; r++)
                    values[r * count + b] = exp(10 + level + cases[i].noise * draw_normal(&seed));
            }
            const struct compare_hosts hosts = {.of_block = host_of, .count = cases[i].hosts};
            compare_rows_over(&hosts, values, ROWS, count, pairs);
            for (size_t p = 0; p < ARRAY_LENGTH(pairs); p++)
                any =
                    any || pairs[p].word == COMPARISON_BETTER || pairs[p].word == COMPARISON_WORSE;
            alarms += any;
        }
        print_message("%zu hosts of %zu: different in %.1f of 100\n", cases[i].hosts,
                      cases[i].blocks, 100.0 * alarms / SESSIONS);
        assert_between(alarms, 0, cases[i].most);
    }
}

static const struct word_case {
    const char *what;
    double ratio[6]; /* of a block; two blocks on each host */
    enum comparison_word word;
    size_t agree;
    bool differ;
} word_cases[] = {
    {"all better", {.85, .86, .84, .85, .86, .85}, COMPARISON_BETTER, 3, false},
    {"one is not", {.85, .86, .84, .85, 1.04, 1.03}, COMPARISON_UNDECIDED, 0, true},
    {"one is less so", {.80, .81, .79, .80, .90, .91}, COMPARISON_BETTER, 3, false},
    {"all the same", {1, 1.01, .99, 1, 1.01, 1}, COMPARISON_SAME, 3, false},
    {"no spread within, better", {.8, .8, .85, .85, .9, .9}, COMPARISON_BETTER, 3, false},
    {"no spread at all", {.8, .8, .8, .8, .8, .8}, COMPARISON_BETTER, 3, false},
    {"no spread within, one is not", {.8, .8, .8, .8, 1, 1}, COMPARISON_UNDECIDED, 0, true},
};

static void words_over_hosts(void **state)
{
    (void)state;
    static const size_t host_of[] = {0, 0, 1, 1, 2, 2};
    for (size_t i = 0; i < ARRAY_LENGTH(word_cases); i++) {
        const struct word_case *c = &word_cases[i];
        double values[12];
        for (size_t b = 0; b < 6; b++) {
            values[b] = 1024;
            values[6 + b] = 1024 * c->ratio[b];
        }
        const struct compare_hosts hosts = {.of_block = host_of, .count = 3};
        struct comparison pair;
        compare_rows_over(&hosts, values, 2, 6, &pair);
        if (pair.word != c->word || pair.hosts_agree != c->agree || pair.hosts_differ != c->differ)
            fail_msg("%s: %s, %zu agree, differ %d", c->what, comparison_words[pair.word],
                     pair.hosts_agree, (int)pair.hosts_differ);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(what_cannot_be_told_is_not),
        cmocka_unit_test(words_over_hosts),
        cmocka_unit_test(the_interval_over_hosts_covers),
        cmocka_unit_test(holds_everywhere_is_rarely_false),
        cmocka_unit_test(equal_rows_are_not_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
