#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "assert_near.h"
#include "cleanup.h"
#include "verdict.h"

#define KIB 1024.0

/* A verdict with the figures the vote uses. */
static struct verdict verdict_like(enum verdict_kind kind, enum verdict_reason reason,
                                   enum confidence confidence, double slope, double unseen)
{
    struct verdict_signal signal = {.available = true,
                                    .state = isnan(unseen) ? SIGNAL_GROW : SIGNAL_FLAT,
                                    .slope_per_cycle = slope,
                                    .unseen_per_cycle = unseen,
                                    .judged_cycles = 940};
    return (struct verdict){.kind = kind,
                            .confidence = confidence,
                            .reason = reason,
                            .live = signal,
                            .rss = signal,
                            .heap_per_live = 2.5};
}

#define LEAK(confidence, slope) \
    verdict_like(VERDICT_LEAK, REASON_LIVE_KEEPS_GROWING, confidence, slope, NAN)
#define PLATEAU(confidence, unseen) \
    verdict_like(VERDICT_PLATEAU, REASON_FLAT, confidence, 1, unseen)
#define UNCLEAR(reason) verdict_like(VERDICT_INCONCLUSIVE, reason, CONFIDENCE_NONE, 500, NAN)

static void majority(void **state)
{
    (void)state;
    struct verdict_vote vote;
    const struct verdict leaks[] = {LEAK(CONFIDENCE_LOW, 10), PLATEAU(CONFIDENCE_HIGH, 3),
                                    LEAK(CONFIDENCE_HIGH, 12)};
    verdict_vote(leaks, 3, &vote);
    assert_int_equal(vote.kind, VERDICT_LEAK);
    assert_int_equal(vote.confidence, CONFIDENCE_HIGH); /* the highest of them */
    assert_int_equal(vote.votes, 2);
    assert_int_equal(vote.blocks, 3);
    assert_near(vote.slope_per_cycle, 23.0 / 3, 1e-12); /* of all blocks */

    verdict_vote(leaks, 2, &vote); /* half is no majority */
    assert_int_equal(vote.kind, VERDICT_INCONCLUSIVE);
    assert_int_equal(vote.reason, REASON_REPETITIONS_DISAGREE);
    assert_int_equal(vote.confidence, CONFIDENCE_NONE);
    assert_int_equal(vote.votes, 0);
}

static void confidence_of_an_absence(void **state)
{
    (void)state;
    struct verdict_vote vote;
    const struct verdict plateaus[] = {PLATEAU(CONFIDENCE_HIGH, 100), PLATEAU(CONFIDENCE_LOW, 210),
                                       PLATEAU(CONFIDENCE_MEDIUM, 9), PLATEAU(CONFIDENCE_HIGH, 10)};
    verdict_vote(plateaus, 3, &vote);
    assert_int_equal(vote.confidence, CONFIDENCE_MEDIUM);
    assert_near(vote.unseen_per_cycle, 210, 0); /* the worst of them */
    verdict_vote(plateaus, 4, &vote);
    assert_int_equal(vote.confidence, CONFIDENCE_MEDIUM); /* of four, the lower middle one */
    verdict_vote(plateaus, 2, &vote);
    assert_int_equal(vote.confidence, CONFIDENCE_LOW);
}

static void intervals(void **state)
{
    (void)state;
    struct verdict_vote vote;
    const struct verdict leaks[] = {LEAK(CONFIDENCE_LOW, 9), LEAK(CONFIDENCE_LOW, 10),
                                    LEAK(CONFIDENCE_LOW, 11)};
    verdict_vote(leaks, 3, &vote);
    assert_near(vote.slope_per_cycle, 10, 1e-12);
    assert_near(vote.slope_high, 10 + 4.302652729749464 / sqrt(3), 1e-9);
    verdict_vote(leaks, 1, &vote);
    assert_near(vote.slope_per_cycle, 9, 0);
    assert_true(isnan(vote.slope_low) && isnan(vote.slope_high));
}

static void nothing_to_vote_on(void **state)
{
    (void)state;
    struct verdict_vote vote;
    verdict_vote(NULL, 0, &vote);
    assert_int_equal(vote.kind, VERDICT_INCONCLUSIVE);
    assert_int_equal(vote.reason, REASON_TOO_FEW_SAMPLES);
    assert_int_equal(vote.blocks, 0);
    assert_true(isnan(vote.slope_per_cycle) && isnan(vote.unseen_per_cycle));
}

/* A block without live figures says nothing about live, nor does it stop the others. */
static void without_live(void **state)
{
    (void)state;
    struct verdict_vote vote;
    struct verdict blocks[2] = {UNCLEAR(REASON_NO_LIVE_SIGNAL), UNCLEAR(REASON_NO_LIVE_SIGNAL)};
    for (size_t i = 0; i < 2; i++)
        blocks[i].live = (struct verdict_signal){.slope_per_cycle = NAN, .unseen_per_cycle = NAN};
    verdict_vote(blocks, 2, &vote);
    assert_false(vote.live_available);
    assert_int_equal(vote.rss_state, SIGNAL_GROW);
    assert_near(vote.slope_per_cycle, 500, 0); /* of RSS */
}

static void expect_sentence(const struct verdict *verdicts, size_t count, const char *expected)
{
    struct verdict_vote vote;
    char sentence[512];
    verdict_vote(verdicts, count, &vote);
    assert_string_equal(verdict_sentence(&vote, sentence, sizeof sentence), expected);
}

static void sentences(void **state)
{
    (void)state;
    struct verdict v[] = {LEAK(CONFIDENCE_HIGH, 34.4 * KIB), LEAK(CONFIDENCE_HIGH, 34.4 * KIB),
                          LEAK(CONFIDENCE_HIGH, 34.4 * KIB)};
    expect_sentence(v, 3,
                    "live rises 35.2 kB per cycle in all three runs and does not come to rest: "
                    "the application holds it (a leak, or a cache that is not full "
                    "yet), and no allocator can return it");
    v[0] = UNCLEAR(REASON_LIVE_UNCLEAR);
    v[0].live.slope_per_cycle = 34.4 * KIB;
    expect_sentence(v, 3,
                    "live rises 35.2 kB per cycle in two of three runs and does not come to rest: "
                    "the application holds it (a leak, or a cache that is not full "
                    "yet), and no allocator can return it");
    v[0] = v[1] = PLATEAU(CONFIDENCE_HIGH, 210);
    expect_sentence(
        v, 2, "no leak above 210 B/cycle over 940 cycles: live and RSS are flat in both runs");
    v[0] = verdict_like(VERDICT_RETENTION, REASON_LEVEL_FAR_ABOVE_LIVE, CONFIDENCE_LOW, 0, 8);
    expect_sentence(v, 1,
                    "RSS lies far above live in this run, and live is flat (no leak above 8 "
                    "B/cycle)");
    v[0] = UNCLEAR(REASON_NO_LIVE_SIGNAL);
    v[0].live = (struct verdict_signal){.slope_per_cycle = NAN, .unseen_per_cycle = NAN};
    expect_sentence(v, 1,
                    "RSS rises 500 B per cycle in this run; without a live counter this may be a "
                    "leak or retention");
    v[0].rss.state = SIGNAL_FLAT;
    v[0].rss.unseen_per_cycle = 77;
    expect_sentence(v, 1,
                    "RSS does not rise above 77 B/cycle over 940 cycles in this run, but without a "
                    "live counter a leak into memory already held cannot be ruled out");
    expect_sentence(v, 0, "there is no valid run to judge");
    v[0] = PLATEAU(CONFIDENCE_HIGH, 210);
    v[1] = LEAK(CONFIDENCE_HIGH, 1);
    expect_sentence(v, 2,
                    "no verdict has a majority of the two runs: run more cycles or more blocks");
}

/* A sentence gives one reason, and counts the runs of that reason. */
static void sentences_count_what_they_say(void **state)
{
    (void)state;
    struct verdict v[3];
    v[0] = v[1] =
        verdict_like(VERDICT_RETENTION, REASON_LIVE_DOES_NOT_GROW, CONFIDENCE_HIGH, 900, 8);
    v[2] = verdict_like(VERDICT_RETENTION, REASON_LEVEL_FAR_ABOVE_LIVE, CONFIDENCE_HIGH, 0, 8);
    expect_sentence(v, 3,
                    "RSS rises 600 B per cycle in two of three runs while live is flat (no leak "
                    "above 8 B/cycle)");
    v[0] = UNCLEAR(REASON_RSS_UNCLEAR);
    v[1] = UNCLEAR(REASON_LIVE_UNCLEAR);
    v[2] = UNCLEAR(REASON_LIVE_UNCLEAR);
    expect_sentence(v, 3,
                    "live neither clearly rises nor is flat in two of three runs: run more cycles");
    for (size_t i = 0; i < 3; i++) {
        v[i] = UNCLEAR(REASON_NO_LIVE_SIGNAL);
        v[i].live = (struct verdict_signal){.slope_per_cycle = NAN, .unseen_per_cycle = NAN};
    }
    v[2].rss.state = SIGNAL_FLAT;
    expect_sentence(v, 3,
                    "RSS rises 500 B per cycle in two of three runs; without a live counter this "
                    "may be a leak or retention");
    expect_sentence(v + 1, 2,
                    "RSS neither clearly rises nor is flat over the two runs, and without a live "
                    "counter a leak can be neither called nor ruled out");
}

static void expect_one_pass(const struct verdict *verdicts, size_t count, const char *expected)
{
    struct verdict_vote vote;
    char sentence[512];
    verdict_vote_one_pass(verdicts, count, &vote);
    assert_string_equal(verdict_sentence(&vote, sentence, sizeof sentence), expected);
}

/* Live of one pass is one measurement, however many curves it stands in. */
static void one_pass_has_one_vote(void **state)
{
    (void)state;
    struct verdict_vote vote;
    struct verdict v[] = {LEAK(CONFIDENCE_MEDIUM, 44200), LEAK(CONFIDENCE_MEDIUM, 44200),
                          LEAK(CONFIDENCE_MEDIUM, 44200)};
    verdict_vote_one_pass(v, 3, &vote);
    assert_int_equal(vote.kind, VERDICT_LEAK);
    assert_int_equal(vote.confidence, CONFIDENCE_MEDIUM); /* that of one run */
    assert_int_equal(vote.votes, 1);
    assert_int_equal(vote.blocks, 1);
    assert_near(vote.slope_per_cycle, 44200, 0);
    assert_true(isnan(vote.slope_low) && isnan(vote.slope_high));
    expect_one_pass(v, 3,
                    "live rises 44.2 kB per cycle in one pass and does not come to rest: the "
                    "application holds it (a leak, or a cache that is not full "
                    "yet), and no allocator can return it");
    v[0] = v[1] = v[2] = PLATEAU(CONFIDENCE_HIGH, 210);
    expect_one_pass(v, 3,
                    "no leak above 210 B/cycle over 940 cycles: live is flat in one pass, and RSS "
                    "in all three runs");
    v[0] = v[1] =
        verdict_like(VERDICT_RETENTION, REASON_LIVE_DOES_NOT_GROW, CONFIDENCE_HIGH, 900, 8);
    verdict_vote_one_pass(v, 3, &vote);
    assert_true(isfinite(vote.slope_low)); /* RSS was measured three times */
    expect_one_pass(v, 2,
                    "RSS rises 900 B per cycle in both runs while live is flat in one pass (no "
                    "leak above 8 B/cycle)");
    v[1] = UNCLEAR(REASON_RSS_UNCLEAR);
    verdict_vote_one_pass(v, 3, &vote);
    assert_int_equal(vote.votes, 0);
    expect_one_pass(v, 3,
                    "no verdict has a majority of the three runs: run more cycles or more blocks");
    verdict_vote_one_pass(NULL, 0, &vote);
    assert_int_equal(vote.blocks, 0);
}

/* Every reason has its sentence, and every piece in it a value. */
static void every_reason_has_a_sentence(void **state)
{
    (void)state;
    for (int reason = 0; verdict_reason_names[reason]; reason++) {
        for (int rss_state = SIGNAL_UNCLEAR; signal_state_names[rss_state]; rss_state++) {
            struct verdict_vote vote = {.reason = (enum verdict_reason)reason,
                                        .rss_state = (enum signal_state)rss_state,
                                        .votes = 3,
                                        .blocks = 3,
                                        .alike = 3,
                                        .runs = 3};
            for (int i = 0; i < 2; i++, vote.one_pass = true) {
                char sentence[512];
                (void)verdict_sentence(&vote, sentence, sizeof sentence);
                assert_true(strlen(sentence) > 20);
                assert_null(strpbrk(sentence, "{}"));
            }
        }
    }
}

static void sentences_are_cut_not_overrun(void **state)
{
    (void)state;
    const struct verdict_vote vote = {
        .reason = REASON_FLAT, .votes = 12, .blocks = 12, .alike = 12, .runs = 12};
    char full[512];
    (void)verdict_sentence(&vote, full, sizeof full);
    assert_non_null(strstr(full, "in all 12 runs"));
    for (size_t size = 1; size < sizeof full; size++) {
        char guarded[514];
        memset(guarded, '#', sizeof guarded);
        (void)verdict_sentence(&vote, guarded, size);
        size_t expected = strlen(full) < size ? strlen(full) : size - 1;
        assert_int_equal(strlen(guarded), expected);
        assert_memory_equal(guarded, full, expected);
        assert_int_equal(guarded[size], '#');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(majority),
        cmocka_unit_test(confidence_of_an_absence),
        cmocka_unit_test(intervals),
        cmocka_unit_test(nothing_to_vote_on),
        cmocka_unit_test(without_live),
        cmocka_unit_test(sentences),
        cmocka_unit_test(sentences_count_what_they_say),
        cmocka_unit_test(one_pass_has_one_vote),
        cmocka_unit_test(every_reason_has_a_sentence),
        cmocka_unit_test(sentences_are_cut_not_overrun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
