#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assert_near.h"
#include "cleanup.h"
#include "metrics.h"
#include "roles.h"
#include "trial_curve.h"

enum { MIB = 1 << 20, FILE_PART = 6 * MIB };

static void set_snapshot(struct record *record, enum record_phase phase, int64_t anon, int64_t live,
                         int64_t heap)
{
    struct record_snapshot *snapshot = &record->roles[ROLE_PEER].snapshot[phase];
    snapshot->taken = true;
    snapshot->rss_anon_bytes = anon;
    snapshot->rss_bytes = anon + FILE_PART;
    snapshot->rss_peak_bytes = anon + FILE_PART;
    snapshot->lazy_free_bytes = 0;
    snapshot->stat[STAT_LIVE] = live;
    snapshot->stat[STAT_HEAP] = heap;
    snapshot->stat[STAT_CACHED] = heap - live;
}

static void add_sample(struct record *record, int64_t cycle, bool round_end, int64_t anon,
                       int64_t live)
{
    struct record_sample sample;
    record_sample_init(&sample);
    sample.cycle = cycle;
    sample.elapsed_ns = cycle * 1000000;
    sample.phase = PHASE_CHURN;
    sample.at_round_end = round_end;
    sample.rss_bytes = anon + FILE_PART;
    sample.rss_anon_bytes = anon;
    sample.stat[STAT_LIVE] = live;
    sample.stat[STAT_HEAP] = live < 0 ? ALLOCATOR_NA : live + MIB;
    record_add_sample(record, &sample);
}

static void add_quiet_sample(struct record *record, int64_t elapsed_ns, int64_t anon)
{
    struct record_sample sample;
    record_sample_init(&sample);
    sample.cycle = 1000;
    sample.elapsed_ns = elapsed_ns;
    sample.phase = PHASE_QUIET;
    sample.rss_bytes = anon + FILE_PART;
    sample.rss_anon_bytes = anon;
    record_add_sample(record, &sample);
}

/* 1000 cycles; anonymous RSS 1 -> 9 MiB, live 1000 bytes a cycle. */
static void make_record(struct record *record)
{
    record_init(record);
    roles_add(record);
    record->outcome = RECORD_VALID;
    record->cycles_planned = record->cycles_done = 1000;
    set_snapshot(record, PHASE_START, 1 * MIB, MIB / 2, MIB);
    set_snapshot(record, PHASE_CHURN, 9 * MIB, 4 * MIB, 6 * MIB);
    set_snapshot(record, PHASE_QUIET, 8 * MIB, 4 * MIB, 6 * MIB);
    set_snapshot(record, PHASE_RELEASED, 3 * MIB, 2 * MIB, 5 * MIB);
    struct record_role *peer = &record->roles[ROLE_PEER];
    peer->snapshot[PHASE_START].rss_peak_bytes = 100 * MIB; /* the proof of identity */
    peer->snapshot[PHASE_CHURN].rss_peak_bytes = 11 * MIB + FILE_PART;
    peer->snapshot[PHASE_QUIET].lazy_free_bytes = 2 * MIB;
    peer->snapshot[PHASE_START].cpu_ns = 5000000;
    peer->snapshot[PHASE_CHURN].cpu_ns = 455000000;
    peer->snapshot[PHASE_START].minor_faults = 100;
    peer->snapshot[PHASE_CHURN].minor_faults = 3600;
    peer->snapshot[PHASE_START].major_faults = 1;
    peer->snapshot[PHASE_CHURN].major_faults = 251;
    peer->snapshot[PHASE_START].voluntary_switches = 10;
    peer->snapshot[PHASE_CHURN].voluntary_switches = 2010;
    peer->snapshot[PHASE_START].involuntary_switches = 0;
    peer->snapshot[PHASE_CHURN].involuntary_switches = 125;
    peer->snapshot[PHASE_CHURN].anon_huge_bytes = 4 * MIB;
    peer->snapshot[PHASE_CHURN].huge_zero_bytes = MIB;
    peer->snapshot[PHASE_QUIET].anon_huge_bytes = 6 * MIB;
    peer->release_ns = 700;
    peer->exit_blocks = 0;
    peer->exit_bytes = 12;
    for (int64_t round = 1; round <= 100; round++) {
        int64_t cycle = round * 10;
        add_sample(record, cycle - 5, false, 50 * MIB, ALLOCATOR_NA); /* peers are there */
        add_sample(record, cycle, true, MIB + cycle * 8192, MIB / 2 + cycle * 1000);
    }
    record->phase_end_ns[PHASE_CHURN] = 1000000000;
    record->phase_end_ns[PHASE_QUIET] = 3000000000;
    add_quiet_sample(record, 1500000000, 6 * MIB);
    add_quiet_sample(record, 2000000000, 5 * MIB); /* half way back from 9 to 1 */
    for (int64_t i = 1; i <= 101; i++)
        record_add_join(record, i * 1000);
}

static double value_of(const struct record *record, enum metric_id id, size_t role,
                       const char **out_why)
{
    AUTO(memory_curve) struct memory_curve curve;
    struct attribution attribution;
    trial_curve_build(record, role, &curve);
    trial_curve_judge(&curve, &attribution);
    struct metric_input input = {record, role, &attribution, NULL};
    return metric_of(id, &input, out_why);
}

static const struct known_answer {
    enum metric_id id;
    double expected;
} known_answers[] = {
    {METRIC_RSS_ANON_START, 1.0 * MIB},
    {METRIC_RSS_ANON_PEAK, 50.0 * MIB}, /* a sample, above VmHWM less the file part */
    {METRIC_RSS_ANON_PLATEAU, 28.682330729166665 * MIB}, /* half way between 50 and 1 + 6.3 */
    {METRIC_RSS_ANON_END, 9.0 * MIB},
    {METRIC_RSS_ANON_QUIET, 8.0 * MIB},
    {METRIC_RSS_ANON_RELEASED, 3.0 * MIB},
    {METRIC_RSS_START, 7.0 * MIB},
    {METRIC_RSS_PEAK, 56.0 * MIB},
    {METRIC_RSS_END, 15.0 * MIB},
    {METRIC_RSS_QUIET, 14.0 * MIB},
    {METRIC_RSS_RELEASED, 9.0 * MIB},
    {METRIC_RSS_LESS_LAZY_QUIET, 12.0 * MIB},
    {METRIC_RSS_LESS_LAZY_RELEASED, 9.0 * MIB},
    {METRIC_LIVE_START, 0.5 * MIB},
    {METRIC_LIVE_END, 4.0 * MIB},
    {METRIC_LIVE_QUIET, 4.0 * MIB},
    {METRIC_LIVE_RELEASED, 2.0 * MIB},
    {METRIC_HEAP_START, 1.0 * MIB},
    {METRIC_HEAP_END, 6.0 * MIB},
    {METRIC_HEAP_QUIET, 6.0 * MIB},
    {METRIC_HEAP_RELEASED, 5.0 * MIB},
    {METRIC_CACHED_END, 2.0 * MIB},
    {METRIC_CACHED_QUIET, 2.0 * MIB},
    {METRIC_CACHED_RELEASED, 3.0 * MIB},
    {METRIC_HEAP_PER_LIVE, 1.5},
    {METRIC_LIVE_RESIDENT_END, 4.0 * MIB},
    {METRIC_KEPT_END, 2.0 * MIB},
    {METRIC_OUTSIDE_END, 9.0 * MIB}, /* 3 of RSS beyond heap, and the files */
    {METRIC_NOT_LIVE_END, 11.0 * MIB},
    {METRIC_FOREIGN_END, 6.0 * MIB},
    {METRIC_LAZY_END, 0},
    {METRIC_KEPT_PER_CYCLE, 0},
    {METRIC_OUTSIDE_PER_CYCLE, 7192},
    {METRIC_NOT_LIVE_PER_CYCLE, 7192},
    {METRIC_RSS_ANON_PER_CYCLE, 8192},
    {METRIC_LIVE_PER_CYCLE, 1000},
    {METRIC_CPU_PER_1000_CYCLES, 450e6},
    {METRIC_MINOR_FAULTS_PER_CYCLE, 3.5},
    {METRIC_MAJOR_FAULTS_PER_CYCLE, 0.25},
    {METRIC_VOLUNTARY_SWITCHES_PER_CYCLE, 2},
    {METRIC_INVOLUNTARY_SWITCHES_PER_CYCLE, 0.125},
    {METRIC_ANON_HUGE_PEAK, 6.0 * MIB},
    {METRIC_ANON_HUGE_END, 4.0 * MIB},
    {METRIC_HUGE_ZERO_END, 1.0 * MIB},
    {METRIC_RSS_ANON_INTEGRAL, 33.77875 * MIB}, /* 27.325625 of the churn, a ms a cycle */
    {METRIC_HALF_BACK_TIME, 0},                 /* its peak was while peers were there */
    {METRIC_JOIN_P50, 51000},
    {METRIC_JOIN_P99, 100000},
    {METRIC_RELEASE_TIME, 700},
    {METRIC_EXIT_BLOCKS, 0},
    {METRIC_EXIT_BYTES, 12},
};

static void test_known_answers(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    assert_int_equal(ARRAY_LENGTH(known_answers), METRIC_COUNT);
    make_record(&record);
    for (const struct known_answer *is = known_answers; is < known_answers + METRIC_COUNT; is++) {
        const char *why = NULL;
        assert_near(value_of(&record, is->id, ROLE_PEER, &why), is->expected, 1e-6);
        assert_null(why);
    }
}

/* What cannot be known is NaN with a reason, for every metric: never 0. */
static void test_nothing_known(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    record_init(&record);
    roles_add(&record);
    for (size_t id = 0; id < METRIC_COUNT; id++) {
        const char *why = NULL;
        print_message("%s\n", metrics[id].key);
        assert_true(isnan(value_of(&record, (enum metric_id)id, ROLE_PEER, &why)));
        assert_non_null(why);
        assert_true(strlen(why) > 10);
    }
}

static void test_reasons(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    make_record(&record);
    struct record_role *peer = &record.roles[ROLE_PEER];
    const char *why = NULL;

    peer->unavailable[STAT_LIVE] = strdup("it has no counter");
    for (int phase = 0; phase < PHASE_COUNT; phase++)
        peer->snapshot[phase].stat[STAT_LIVE] = ALLOCATOR_NA;
    for (size_t i = 0; i < record.sample_count; i++)
        record.samples[i].stat[STAT_LIVE] = ALLOCATOR_NA;
    static const enum metric_id of_live[] = {METRIC_LIVE_START, METRIC_LIVE_END,
                                             METRIC_HEAP_PER_LIVE, METRIC_LIVE_PER_CYCLE};
    for (size_t i = 0; i < ARRAY_LENGTH(of_live); i++) {
        assert_true(isnan(value_of(&record, of_live[i], ROLE_PEER, &why)));
        assert_string_equal(why, "it has no counter");
    }
    assert_near(value_of(&record, METRIC_HEAP_END, ROLE_PEER, &why), 6.0 * MIB, 0);

    assert_true(isnan(value_of(&record, METRIC_JOIN_P50, ROLE_PROXY, &why)));
    assert_non_null(strstr(why, "with the primary subject"));
}

/* The kernel's sum over threads that live says nothing where they come and go. */
static void test_switches_of_threads_that_go(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    const char *why = NULL;
    make_record(&record);
    struct record_role *role = &record.roles[ROLE_PEER];
    role->counters = calloc(role->counter_count = 1, sizeof *role->counters);
    role->counters[0] = (struct record_counter){.name = strdup("context_switches"), .value = 9};
    assert_true(isnan(value_of(&record, METRIC_VOLUNTARY_SWITCHES_PER_CYCLE, ROLE_PEER, &why)));
    assert_non_null(strstr(why, "its own counter context_switches"));
}

/* A call that nobody made has neither time nor effect, whatever memory did meanwhile. */
static void test_not_released(void **state)
{
    (void)state;
    static char reach[] = "it was not called: it reaches the calling thread";
    AUTO(record) struct record record;
    const char *why = NULL;
    make_record(&record);
    record.roles[ROLE_PEER].release_ns = RECORD_NA;
    static const enum metric_id after[] = {METRIC_RSS_ANON_RELEASED, METRIC_RSS_RELEASED,
                                           METRIC_LIVE_RELEASED, METRIC_RELEASE_TIME};
    for (size_t i = 0; i < ARRAY_LENGTH(after); i++) {
        assert_true(isnan(value_of(&record, after[i], ROLE_PEER, &why)));
        assert_string_equal(why, "there is nobody in it who could be asked to give back");
    }
    record.roles[ROLE_PEER].release_reach = strdup(reach);
    assert_true(isnan(value_of(&record, METRIC_RSS_ANON_RELEASED, ROLE_PEER, &why)));
    assert_string_equal(why, reach);
    assert_near(value_of(&record, METRIC_RSS_ANON_QUIET, ROLE_PEER, &why), 8.0 * MIB, 0);
}

/* The peak of VmHWM counts where no sample saw it, less the file part. */
static void test_peak_between_samples(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    const char *why = NULL;
    make_record(&record);
    record.sample_count = 0;
    assert_near(value_of(&record, METRIC_RSS_PEAK, ROLE_PEER, &why), 17.0 * MIB, 0);
    assert_near(value_of(&record, METRIC_RSS_ANON_PEAK, ROLE_PEER, &why), 11.0 * MIB, 0);
}

/* What a program does to its memory when it was asked to leave is no peak of the load. */
static void test_samples_while_leaving(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    const char *why = NULL;
    make_record(&record);
    record.phase_end_ns[PHASE_RELEASED] = 5000;
    for (size_t i = 0; i < record.sample_count; i++)
        record.samples[i].elapsed_ns = 5000;
    double peak = value_of(&record, METRIC_RSS_PEAK, ROLE_PEER, &why);
    double anon = value_of(&record, METRIC_RSS_ANON_PEAK, ROLE_PEER, &why);
    struct record_sample leaving = record.samples[0];
    leaving.elapsed_ns = 5001;
    leaving.phase = PHASE_RELEASED;
    leaving.rss_bytes = 500 * MIB;
    leaving.rss_anon_bytes = 400 * MIB;
    record_add_sample(&record, &leaving);
    assert_near(value_of(&record, METRIC_RSS_PEAK, ROLE_PEER, &why), peak, 0);
    assert_near(value_of(&record, METRIC_RSS_ANON_PEAK, ROLE_PEER, &why), anon, 0);
    record.samples[record.sample_count - 1].elapsed_ns = 5000;
    assert_near(value_of(&record, METRIC_RSS_PEAK, ROLE_PEER, &why), 500.0 * MIB, 0);
}

static void test_clock_ticks_without_schedstat(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    const char *why = NULL;
    make_record(&record);
    struct record_snapshot *snapshot = record.roles[ROLE_PEER].snapshot;
    snapshot[PHASE_START].cpu_ns = snapshot[PHASE_CHURN].cpu_ns = RECORD_NA;
    assert_true(isnan(value_of(&record, METRIC_CPU_PER_1000_CYCLES, ROLE_PEER, &why)));
    snapshot[PHASE_START].cpu_user_ns = snapshot[PHASE_START].cpu_system_ns = 0;
    snapshot[PHASE_CHURN].cpu_user_ns = 100000000;
    snapshot[PHASE_CHURN].cpu_system_ns = 300000000;
    assert_near(value_of(&record, METRIC_CPU_PER_1000_CYCLES, ROLE_PEER, &why), 400e6, 1e-3);
}

static void test_curve_takes_ends_of_rounds(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    make_record(&record);
    {
        AUTO(memory_curve) struct memory_curve curve;
        trial_curve_build(&record, ROLE_PEER, &curve);
        assert_int_equal(curve.count, 101);
        assert_near(curve.column[MEMORY_CYCLE][0], 0, 0); /* before the load */
        assert_near(curve.column[MEMORY_LIVE][0], MIB / 2.0, 0);
        assert_near(curve.column[MEMORY_CYCLE][100], 1000, 0);
        assert_near(curve.column[MEMORY_LIVE][1], MIB / 2.0 + 10000, 0);
        assert_near(curve.column[MEMORY_HEAP][1], MIB * 1.5 + 10000, 0);
        assert_near(curve.column[MEMORY_HEAP][100], MIB * 1.5 + 1e6, 0);
    }
    {
        /* One end of a round without live: live is not judged, RSS is. */
        AUTO(memory_curve) struct memory_curve curve;
        record.samples[11].stat[STAT_LIVE] = ALLOCATOR_NA;
        trial_curve_build(&record, ROLE_PEER, &curve);
        assert_int_equal(curve.count, 101);
        assert_null(curve.column[MEMORY_LIVE]);
        assert_non_null(curve.column[MEMORY_HEAP]);
    }
    {
        /* Statistics too dear to read: every sample, RSS alone. */
        AUTO(memory_curve) struct memory_curve curve;
        record.roles[ROLE_PEER].stats_at_phase_ends_only = true;
        trial_curve_build(&record, ROLE_PEER, &curve);
        assert_int_equal(curve.count, 200);
        assert_null(curve.column[MEMORY_LIVE]);
        assert_null(curve.column[MEMORY_HEAP]);
    }
    {
        AUTO(memory_curve) struct memory_curve curve;
        trial_curve_build(&record, ROLE_PROXY, &curve);
        assert_int_equal(curve.count, 0);
        assert_null(curve.column[MEMORY_LIVE]);
    }
}

static void test_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        assert_non_null(metrics[i].title);
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(metrics[i].key, metrics[other].key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_nothing_known),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_not_released),
        cmocka_unit_test(test_switches_of_threads_that_go),
        cmocka_unit_test(test_peak_between_samples),
        cmocka_unit_test(test_samples_while_leaving),
        cmocka_unit_test(test_clock_ticks_without_schedstat),
        cmocka_unit_test(test_curve_takes_ends_of_rounds),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
