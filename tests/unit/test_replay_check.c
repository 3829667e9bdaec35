/* How near a replay must come to its original, and what is then said of the rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "result.h"
#include "synthetic_run.h"
#include "trace_facts.h"
#include "work.h"

enum { END_KIB = 60000 };

static const struct synthetic_row rows[] = {
    {"glibc", "glibc", "2.36", 1000, END_KIB, 900, 100, 0, 100, 1},
    {"jemalloc", "jemalloc", "5.3.0", 1000, END_KIB * 1.2, 900, 100, 0, 100, 1},
    {"mimalloc", "mimalloc", "2.0.9", 1000, END_KIB * 0.7, 900, 100, -1, 100, 1},
};

static const struct synthetic_workload workload = {"t", "Which?", 8,
                                                   60,  rows,     sizeof rows / sizeof *rows};

/* An original that took `factor` of what the replay takes. */
static struct trace_run original(const char *allocator, double kib, double factor)
{
    int64_t bytes = (int64_t)(kib * 1024 * factor);
    return (struct trace_run){.allocator = strdup(allocator),
                              .peak_heap_bytes = bytes,
                              .end_heap_bytes = bytes,
                              .peak_anon_bytes = bytes,
                              .end_anon_bytes = bytes};
}

static char *facts_of(double glibc, double jemalloc)
{
    AUTO(trace_facts) struct trace_facts facts;
    trace_facts_init(&facts);
    facts.heapchurn = strdup("0");
    facts.allocator = strdup("glibc");
    facts.originals = calloc(2, sizeof *facts.originals);
    if (glibc > 0)
        facts.originals[facts.original_count++] = original("glibc", END_KIB, glibc);
    if (jemalloc > 0)
        facts.originals[facts.original_count++] = original("jemalloc", END_KIB * 1.2, jemalloc);
    return trace_facts_text(&facts);
}

static const struct {
    double glibc, jemalloc; /* original over replay; 0: none */
    const char *counter;    /* of the trace, that is 1; NULL: none */
    enum replay_grade grade;
    const char *says;
    bool ranked;
} cases[] = {
    {1, 1, NULL, REPLAY_GOOD, "stands for the program", true},
    {0.985, 1.01, NULL, REPLAY_GOOD, "are not told apart", true},
    {1.04, 1, NULL, REPLAY_INDICATIVE, "not within 2 %", false},
    {1, 0.96, NULL, REPLAY_INDICATIVE, "not ranked", false},
    {1, 0, NULL, REPLAY_INDICATIVE, "One row alone", false},
    {1, 1.3, NULL, REPLAY_REFUSED, "first written late", false},
    {0, 0, NULL, REPLAY_UNCHECKED, "--no-compare", false},
    {1, 1, "trace_lost_events", REPLAY_REFUSED, "lost events", false},
    {1, 1, "trace_unknown_frees", REPLAY_REFUSED, "never saw allocated", false},
    {1, 1, "trace_miscounted_threads", REPLAY_REFUSED, "other calls", false},
    {1, 1, "trace_damaged", REPLAY_REFUSED, "not whole", false},
};

static void build(size_t number, struct stored_run *stored)
{
    const struct synthetic_run plan = {
        .workloads = &workload, .workload_count = 1, .blocks = 4, .noise = 0.001};
    synthetic_run_build(&plan, stored);
    stored->run.workloads[0].trace.file = strdup("/t.trace");
    stored->kept = calloc(2, sizeof *stored->kept);
    stored->kept[0] = facts_of(cases[number].glibc, cases[number].jemalloc);
    for (size_t i = 0; i < stored->record_count; i++) {
        struct record_role *role = &stored->records[i].roles[RECORD_PRIMARY];
        assert_int_equal(work_set_counter(role, "outside_heap_bytes", 0), 0);
        if (cases[number].counter)
            assert_int_equal(work_set_counter(role, cases[number].counter, 1), 0);
    }
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
        if (of->replay.grade != cases[i].grade)
            fail_msg("case %zu: %s, error %g", i, of->replay.sentence, of->replay.error);
        assert_non_null(strstr(of->replay.sentence, cases[i].says));
        assert_int_equal(of->recommendation != NULL, cases[i].ranked);
        assert_int_equal(of->advice.best != RECOMMEND_NONE, cases[i].ranked);
    }
}

/* mimalloc is 30 % below glibc: more than twice an error of 1 %, less than twice one of 20 %. */
static void pairs_within_the_error_are_undecided(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i += 5) {
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        AUTO(result) struct result result = {.workload_count = 0};
        build(i, &stored);
        result_build(&stored, &result);
        const struct comparison pair =
            compare_metrics_pair(&result.workloads[0].comparisons[1], 2, 0);
        assert_int_equal(pair.word, i == 0 ? COMPARISON_BETTER : COMPARISON_UNDECIDED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_grade),
        cmocka_unit_test(pairs_within_the_error_are_undecided),
    };
    return cmocka_run_group_tests_name("replay_check", tests, NULL, NULL);
}
