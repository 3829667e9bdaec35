/* How near a replay must come to its original, and what is then said of the rows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assert_near.h"
#include "replay_rule.h"
#include "result.h"
#include "synthetic_replay.h"
#include "work.h"

static const struct {
    struct synthetic_replay plan;
    enum replay_grade grade;
    const char *says;
    bool ranked;
} cases[] = {
    {{.glibc = 1, .jemalloc = 1}, REPLAY_GOOD, "stands for the program", true},
    {{.glibc = 0.985, .jemalloc = 1.01}, REPLAY_GOOD, "are not told apart", true},
    {{.glibc = 1.04, .jemalloc = 1}, REPLAY_INDICATIVE, "not within 2 %", false},
    {{.glibc = 1, .jemalloc = 0.96}, REPLAY_INDICATIVE, "not ranked", false},
    {{.glibc = 1}, REPLAY_INDICATIVE, "One row alone", false},
    {{.glibc = 1, .jemalloc = 1.3}, REPLAY_REFUSED, "first written late", false},
    {{.glibc = 0}, REPLAY_UNCHECKED, "--no-compare", false},
    {{.recorded = 1}, REPLAY_INDICATIVE, "the recorded run itself", false},
    {{.recorded = 1.2}, REPLAY_REFUSED, "does not stand", false},
    {{.glibc = 1, .jemalloc = 1, .recorded = 1.2}, REPLAY_GOOD, "stands for the program", true},
    {{.glibc = 1, .jemalloc = 1, .counter = "trace_cores"},
     REPLAY_GOOD,
     "on 8 cores and played on 2",
     true},
    {{.glibc = 1, .jemalloc = 1, .counter = "trace_lost_events"},
     REPLAY_REFUSED,
     "lost events",
     false},
    {{.glibc = 1, .jemalloc = 1, .counter = "trace_unknown_frees"},
     REPLAY_REFUSED,
     "never saw allocated",
     false},
    {{.glibc = 1, .jemalloc = 1, .counter = "trace_miscounted_threads"},
     REPLAY_REFUSED,
     "other calls",
     false},
    {{.glibc = 1, .jemalloc = 1, .counter = "trace_damaged"}, REPLAY_REFUSED, "not whole", false},
    /* The program differs by itself. */
    {{.glibc = 1, .jemalloc = 1.04, .least = 0.98, .most = 1.06},
     REPLAY_GOOD,
     "MiB (68.9 MiB to 74.5 MiB from run to run) at the peak",
     true},
    {{.glibc = 1, .jemalloc = 1.04, .least = 1.03, .most = 1.06},
     REPLAY_INDICATIVE,
     "not within 2 %",
     false},
    {{.glibc = 1, .jemalloc = 1.1, .least = 0.9, .most = 1.2},
     REPLAY_INDICATIVE,
     "an error of more than 5 % may hide",
     false},
    {{.glibc = 1, .jemalloc = 0.8, .least = 0.7, .most = 0.9}, REPLAY_REFUSED, "run to run", false},
    {{.glibc = 1, .jemalloc = 1, .least = 0.5, .most = 1.5, .peaks_agree = true},
     REPLAY_GOOD,
     " % at the peak and 200.0 % at the end are not told apart",
     true},
    {{.glibc = 1, .jemalloc = 1, .emptied = true}, REPLAY_GOOD, "next to nothing lives", true},
};

static void build(size_t number, struct stored_run *stored)
{
    synthetic_replay_build(&cases[number].plan, stored);
}

static void each_grade(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        AUTO(result) struct result result = {.workload_count = 0};
        build(i, &stored);
        result_build(&stored, &result);
        const struct result_workload *of = &result.workloads[0];
        assert_true(of->replay.is_trace);
        if (of->replay.grade != cases[i].grade || !strstr(of->replay.sentence, cases[i].says))
            fail_msg("case %zu: %s Error %g, off %g", i, of->replay.sentence, of->replay.error,
                     of->replay.off);
        assert_int_equal(of->recommendation != NULL, cases[i].ranked);
        assert_int_equal(of->advice.best != RECOMMEND_NONE, cases[i].ranked);
    }
}

/* Of the originals on jemalloc, over the replay: from which ratio on are rows told apart? */
static void apart_by_twice_off_or_by_the_range(void **state)
{
    (void)state;
    static const struct {
        struct synthetic_replay plan;
        double error, off, peak, end;
    } ranges[] = {
        {{.glibc = 1, .jemalloc = 1}, 0, 0, 0, 0},
        {{.glibc = 1, .jemalloc = 1.02}, 0.02 / 1.02, 0.02 / 1.02, 0.04 / 1.02, 0.04 / 1.02},
        {{.glibc = 1, .jemalloc = 1, .least = 0.95, .most = 1.05}, 0, 0, 0.1 / 0.95, 0.1 / 0.95},
        {{.glibc = 1, .jemalloc = 1.04, .least = 1.01, .most = 1.05},
         0.01 / 1.04,
         0.04 / 1.04,
         0.08 / 1.04,
         0.08 / 1.04},
        {{.glibc = 1, .jemalloc = 1, .least = 0.9, .most = 1.35, .peaks_agree = true},
         0,
         0,
         0,
         0.5},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(ranges); i++) {
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        AUTO(result) struct result result = {.workload_count = 0};
        synthetic_replay_build(&ranges[i].plan, &stored);
        result_build(&stored, &result);
        const struct replay_check *check = &result.workloads[0].replay;
        assert_near(check->error, ranges[i].error, 0.002); /* blocks have some noise */
        assert_near(check->off, ranges[i].off, 0.002);
        assert_near(check->apart[REPLAY_PEAK], ranges[i].peak, 0.004);
        assert_near(check->apart[REPLAY_END], ranges[i].end, 0.004);
        assert_near(replay_rule_unsure(check, METRIC_RSS_ANON_PEAK), log1p(ranges[i].peak), 0.004);
        assert_near(replay_rule_unsure(check, METRIC_RSS_ANON_END), log1p(ranges[i].end), 0.004);
        assert_near(replay_rule_unsure(check, METRIC_RSS_ANON_PLATEAU),
                    log1p(fmax(ranges[i].peak, ranges[i].end)), 0.004);
        assert_true(replay_rule_unsure(check, METRIC_CPU_PER_1000_CYCLES) == 0);
    }
}

/* Where next to nothing lives, what is kept at the end is not told apart, the peak is. */
static void ends_of_an_emptied_heap(void **state)
{
    (void)state;
    for (int emptied = 0; emptied < 2; emptied++) {
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        AUTO(result) struct result result = {.workload_count = 0};
        synthetic_replay_build(
            &(struct synthetic_replay){.glibc = 1, .jemalloc = 1, .emptied = emptied}, &stored);
        result_build(&stored, &result);
        const struct replay_check *check = &result.workloads[0].replay;
        assert_int_equal(replay_rule_near(check, METRIC_RSS_ANON_END, 3), emptied);
        assert_int_equal(replay_rule_near(check, METRIC_RSS_QUIET, 3), emptied);
        assert_false(replay_rule_near(check, METRIC_RSS_ANON_PEAK, 3));
    }
}

/* What is not known of a row is no agreement: then one row alone was held against the program. */
static void what_is_not_told_is_not_near(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    synthetic_replay_build(&(struct synthetic_replay){.glibc = 1, .jemalloc = 1, .untold = true},
                           &stored);
    result_build(&stored, &result);
    assert_int_equal(result.workloads[0].replay.row_count, 1);
    assert_int_equal(result.workloads[0].replay.grade, REPLAY_INDICATIVE);
    assert_non_null(strstr(result.workloads[0].replay.sentence, "One row alone"));
}

/* mimalloc is 30 % below glibc: more than twice an error of 1 %, and not ranked where it is 30. */
static void pairs_are_held_to_the_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i += 5) {
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        AUTO(result) struct result result = {.workload_count = 0};
        build(i, &stored);
        result_build(&stored, &result);
        const struct comparison pair =
            compare_metrics_pair(&result.workloads[0].comparisons[1], 2, 0);
        assert_int_equal(pair.word, i == 0 ? COMPARISON_BETTER : COMPARISON_NOT_RANKED);
    }
}

/* A tree is recorded, and one program of it played: that is said, whatever the grade. */
static void what_is_not_played_is_said(void **state)
{
    (void)state;
    static const size_t of_grades[] = {0, 2, 5, 6, 7};
    for (size_t i = 0; i < ARRAY_LENGTH(of_grades); i++) {
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        AUTO(result) struct result result = {.workload_count = 0};
        build(of_grades[i], &stored);
        for (size_t k = 0; k < stored.record_count; k++) {
            struct record_role *role = &stored.records[k].roles[RECORD_PRIMARY];
            assert_int_equal(work_set_counter(role, "trace_programs", 18), 0);
            assert_int_equal(work_set_counter(role, "trace_events", 400), 0);
            assert_int_equal(work_set_counter(role, "trace_other_events", 600), 0);
        }
        result_build(&stored, &result);
        const char *said = result.workloads[0].replay.sentence;
        assert_non_null(strstr(said, " One of 18 programs that were recorded together was played"));
        assert_non_null(strstr(said, "made 600 of all 1000 events, were not"));
    }
}

/* Both are straight lines over the same time; what the original took more is there all along. */
static void courses_are_on_each_other(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    build(1, &stored);
    result_build(&stored, &result);
    const struct replay_check *check = &result.workloads[0].replay;
    assert_int_equal(check->row_count, 2);
    assert_near(check->seconds, 0.48, 1e-9);
    for (size_t r = 0; r < 2; r++) {
        const struct replay_row *row = &check->rows[r];
        double factor = r == 0 ? cases[1].plan.glibc : cases[1].plan.jemalloc;
        for (size_t i = 10; i < REPLAY_CURVE_POINTS; i++)
            if (!(fabs(row->original[i] - factor * row->replayed[i]) <
                  0.03 * row->at[REPLAY_END].median))
                fail_msg("%s, step %zu: %g of %g", row->name, i, row->replayed[i],
                         row->original[i]);
        assert_near(row->original[REPLAY_CURVE_POINTS - 1], row->at[REPLAY_PEAK].median, 1);
        assert_near(row->replayed[REPLAY_CURVE_POINTS - 1] / row->at[REPLAY_END].replayed, 1, 0.01);
    }
}

/* Of a run that was stored before slices had times. */
static void no_course_without_times(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    build(1, &stored);
    char *slices = strstr(stored.kept[0], "\"slices\"");
    assert_non_null(slices);
    slices[-1] = '}'; /* the comma before it */
    slices[0] = '\0';
    result_build(&stored, &result);
    const struct replay_check *check = &result.workloads[0].replay;
    assert_int_equal(check->grade, REPLAY_GOOD);
    assert_int_equal(check->row_count, 2);
    for (size_t i = 0; i < REPLAY_CURVE_POINTS; i++)
        assert_true(isnan(check->rows[0].replayed[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_grade),
        cmocka_unit_test(apart_by_twice_off_or_by_the_range),
        cmocka_unit_test(ends_of_an_emptied_heap),
        cmocka_unit_test(what_is_not_told_is_not_near),
        cmocka_unit_test(pairs_are_held_to_the_rule),
        cmocka_unit_test(what_is_not_played_is_said),
        cmocka_unit_test(courses_are_on_each_other),
        cmocka_unit_test(no_course_without_times),
    };
    return cmocka_run_group_tests_name("replay_check", tests, NULL, NULL);
}
