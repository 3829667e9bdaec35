/* From passes to who holds what; the ledger's live in place of what an allocator cannot tell; and
 * what goes back while nothing happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "assert_near.h"
#include "ledger_curve.h"
#include "result.h"
#include "roles.h"
#include "synthetic_run.h"

enum { PASSES_MAX = 8 };

static const struct synthetic_run plan = {
    .workloads = synthetic_discovery, .workload_count = 1, .blocks = 3, .samples_between = 2};

static struct pass *add_pass(struct stored_run *stored, const char *row, enum pass_kind kind)
{
    if (!stored->passes)
        stored->passes = calloc(PASSES_MAX, sizeof *stored->passes);
    struct pass *pass = &stored->passes[stored->pass_count++];
    pass_init(pass);
    pass->workload = strdup("discovery");
    pass->row = strdup(row);
    pass->tool = strdup("tool");
    pass->kind = kind;
    pass->cycles = 64;
    pass->blocks = pass->bytes = 0;
    return pass;
}

static const struct result_row *row_named(const struct result *result, const char *name)
{
    for (size_t i = 0; i < result->workloads[0].row_count; i++)
        if (strcmp(result->workloads[0].rows[i].row->name, name) == 0)
            return &result->workloads[0].rows[i];
    fail_msg("no row %s", name);
    return NULL;
}

static void lost_is_bounded_by_what_was_not_freed(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {0};
    AUTO(result) struct result result = {0};
    synthetic_run_build(&plan, &stored);
    add_pass(&stored, "glibc", PASS_NOT_FREED)->blocks = 7;
    (void)add_pass(&stored, "jemalloc", PASS_NOT_FREED);
    add_pass(&stored, "tcmalloc", PASS_UNREACHABLE)->blocks = 3;
    add_pass(&stored, "tcmalloc", PASS_NOT_FREED)->blocks = 10;
    add_pass(&stored, "mimalloc", PASS_NOT_FREED)->unavailable = strdup("cut off");
    result_build(&stored, &result);

    const struct result_holding *glibc = &row_named(&result, "glibc")->holding;
    assert_int_equal(glibc->lost.blocks, 7);
    assert_true(glibc->lost.at_most);
    assert_int_equal(glibc->not_freed.blocks, 7);
    assert_false(glibc->not_freed.at_most);

    const struct result_holding *clean = &row_named(&result, "jemalloc")->holding;
    assert_int_equal(clean->lost.blocks, 0);
    assert_false(clean->lost.at_most);

    const struct result_holding *both = &row_named(&result, "tcmalloc")->holding;
    assert_int_equal(both->lost.blocks, 3);
    assert_false(both->lost.at_most);
    assert_int_equal(both->not_freed.blocks, 10);

    const struct result_holding *silent = &row_named(&result, "mimalloc")->holding;
    assert_int_equal(silent->lost.blocks, RECORD_NA);
    assert_string_equal(silent->lost.unavailable, "cut off");
    assert_string_equal(row_named(&result, "jemalloc+prof")->holding.lost.unavailable,
                        "no pass was run");
}

/* A leak tool sees the replayer's tables, not the pointers of the program that was recorded. */
static void a_trace_loses_nothing_that_could_be_told(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {0};
    AUTO(result) struct result result = {0};
    synthetic_run_build(&plan, &stored);
    add_pass(&stored, "glibc", PASS_NOT_FREED)->blocks = 15;
    add_pass(&stored, "tcmalloc", PASS_UNREACHABLE)->blocks = 15;
    stored.run.workloads[0].trace.file = strdup("made.trace");
    result_build(&stored, &result);
    static const char *const rows[] = {"glibc", "tcmalloc"};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct result_holding *holding = &row_named(&result, rows[i])->holding;
        assert_int_equal(holding->lost.blocks, RECORD_NA);
        assert_false(holding->lost.at_most);
        assert_non_null(strstr(holding->lost.unavailable, "a trace has no pointers"));
    }
    assert_int_equal(row_named(&result, "glibc")->holding.not_freed.blocks, 15);
}

static void a_remainder_is_taken_off(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {0};
    AUTO(result) struct result result = {0};
    synthetic_run_build(&plan, &stored);
    struct pass *pass = add_pass(&stored, "tcmalloc", PASS_NOT_FREED);
    pass->blocks = 106;
    pass->bytes = 100305;
    pass->remainder_blocks = 6;
    pass->remainder_bytes = 305;
    result_build(&stored, &result);
    const struct holding_count *count = &row_named(&result, "tcmalloc")->holding.not_freed;
    assert_int_equal(count->blocks, 100);
    assert_int_equal(count->bytes, 100000);
    assert_int_equal(count->pass->remainder_blocks, 6);
}

/* A ledger's pass over the same cycles, live growing by `per_cycle` bytes. */
static void fill_ledger(const struct stored_run *stored, int64_t per_cycle, int64_t step,
                        struct pass *pass)
{
    const struct record *measured = NULL;
    for (size_t i = 0; i < stored->record_count && !measured; i++)
        if (strcmp(stored->records[i].row, "mimalloc") == 0)
            measured = &stored->records[i];
    int64_t seen = 0;
    for (size_t i = 0; i < measured->sample_count; i++) {
        struct record_sample sample = measured->samples[i];
        if (sample.role == ROLE_PEER && sample.at_round_end && seen++ % step == 0) {
            sample.stat[STAT_LIVE] = 400000 + per_cycle * sample.cycle;
            record_add_sample(&pass->record, &sample);
        }
    }
    roles_add(&pass->record);
    struct record_snapshot *end = &pass->record.roles[ROLE_PEER].snapshot[PHASE_CHURN];
    end->taken = true;
    end->stat[STAT_LIVE] = 400000 + per_cycle * measured->cycles_done;
    pass->live_bytes = 5000000;
}

static void the_ledger_decides_where_live_is_not_told(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {0};
    AUTO(result) struct result result = {0};
    synthetic_run_build(&plan, &stored);
    fill_ledger(&stored, 40000, 1, add_pass(&stored, "mimalloc", PASS_LEDGER));
    fill_ledger(&stored, 40000, 1, add_pass(&stored, "glibc", PASS_LEDGER));
    result_build(&stored, &result);
    const struct result_row *row = row_named(&result, "mimalloc");
    const struct result_subject *peer = &row->subjects[ROLE_PEER];
    assert_true(peer->live_available);
    assert_true(peer->live_by_ledger);
    assert_int_equal(peer->verdict.kind, VERDICT_LEAK);
    assert_near(peer->verdict.slope_per_cycle, 40000, 400);
    assert_non_null(strstr(peer->verdict_sentence, "per cycle in one pass and"));
    assert_non_null(strstr(peer->verdict_sentence, "counted by the ledger"));
    assert_int_equal(peer->verdict.blocks, 1); /* though there are three blocks */
    assert_int_equal(peer->verdict.votes, 1);
    assert_true(isnan(peer->verdict.slope_low));
    const struct estimate *growth = &peer->metric[METRIC_LIVE_PER_CYCLE];
    assert_int_equal(growth->count, 1);
    assert_near(growth->median, 40000, 400);
    assert_true(isnan(growth->low) && isnan(growth->high));
    assert_int_equal(peer->metric[METRIC_RSS_ANON_PER_CYCLE].count, 3);
    assert_int_equal(peer->trial_verdicts[0].reason, REASON_NO_LIVE_SIGNAL);
    assert_non_null(strstr(result.workloads[0].conclusion,
                           "Live of mimalloc was counted by the ledger, in one pass."));
    assert_true(row->holding.held_by_ledger);
    assert_near(row->holding.held_quiet_bytes, 5000000, 0.5);
    assert_false(row->subjects[ROLE_PROXY].live_by_ledger);

    const struct result_row *own = row_named(&result, "glibc"); /* it tells live itself */
    assert_false(own->subjects[ROLE_PEER].live_by_ledger);
    assert_false(own->holding.held_by_ledger);
}

/* The parts of a row without a count of its own: live is the ledger's, and they add up to RSS. */
static void parts_by_the_ledger_add_up(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {0};
    AUTO(result) struct result result = {0};
    synthetic_run_build(&plan, &stored);
    fill_ledger(&stored, 2000, 1, add_pass(&stored, "mimalloc", PASS_LEDGER));
    result_build(&stored, &result);
    const struct estimate *metric = row_named(&result, "mimalloc")->subjects[ROLE_PEER].metric;
    const double cycles = 1920, live = 400000 + 2000 * cycles;
    assert_near(metric[METRIC_LIVE_RESIDENT_END].median, live, 1);
    for (size_t block = 0; block < 3; block++)
        assert_near(metric[METRIC_LIVE_RESIDENT_END].values[block] +
                        metric[METRIC_KEPT_END].values[block] +
                        metric[METRIC_OUTSIDE_END].values[block],
                    metric[METRIC_RSS_END].values[block], 1);
    assert_near(metric[METRIC_NOT_LIVE_PER_CYCLE].median + 2000,
                metric[METRIC_RSS_ANON_PER_CYCLE].median, 100);
}

static void a_ledger_of_other_cycles_is_not_used(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {0};
    AUTO(result) struct result result = {0};
    synthetic_run_build(&plan, &stored);
    fill_ledger(&stored, 40000, 2, add_pass(&stored, "mimalloc", PASS_LEDGER));
    result_build(&stored, &result);
    const struct result_subject *peer = &row_named(&result, "mimalloc")->subjects[ROLE_PEER];
    assert_false(peer->live_available);
    assert_false(peer->live_by_ledger);
}

static void the_difference_leaves_out_known_headers(void **state)
{
    (void)state;
    struct pass ledger = {
        .live_bytes = 1000, .live_blocks = 10, .own_live_bytes = 1090, .overhead_bytes = 8};
    assert_int_equal(holding_own_difference(&ledger), 10);
    ledger.own_live_bytes = RECORD_NA;
    assert_int_equal(holding_own_difference(&ledger), RECORD_NA);
}

static void own_counts_stand_the_check_or_not(void **state)
{
    (void)state;
    const struct {
        int64_t own_bytes, max_bytes;
        enum holding_agreement agreement;
    } cases[] = {
        {1000000, 0, HOLDING_AGREES},
        {1000000 + HOLDING_SLACK_BYTES, 0, HOLDING_AGREES},
        {1000000 + HOLDING_SLACK_BYTES + 1, 0, HOLDING_DISAGREES},
        {1000000 - HOLDING_SLACK_BYTES, 0, HOLDING_AGREES},
        {1000000 - HOLDING_SLACK_BYTES - 1, 729144, HOLDING_DISAGREES},
        {1000000 + 729144, 729144, HOLDING_AGREES},
        {1000000 + 729144 + HOLDING_SLACK_BYTES + 1, 729144, HOLDING_DISAGREES},
        {RECORD_NA, 729144, HOLDING_UNCHECKED},
        {1000000, RECORD_NA, HOLDING_UNCHECKED},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct pass ledger = {.live_bytes = 1000000 - 80,
                                    .live_blocks = 10,
                                    .overhead_bytes = 8,
                                    .own_live_bytes = cases[i].own_bytes,
                                    .excess_max_bytes = cases[i].max_bytes};
        assert_int_equal(holding_own_agrees(&ledger), cases[i].agreement);
    }
    assert_int_equal(holding_own_agrees(NULL), HOLDING_UNCHECKED);
}

static void the_way_back_is_sampled_in_time(void **state)
{
    (void)state;
    AUTO(record) struct record record;
    const struct record *records[] = {&record};
    struct giving_back curve;
    record_init(&record);
    record.phase_end_ns[PHASE_CHURN] = 1000000000;
    record.phase_end_ns[PHASE_QUIET] = 16000000000;
    for (int64_t s = 0; s <= 16; s++)
        record_add_sample(&record, &(struct record_sample){.elapsed_ns = s * 1000000000,
                                                           .role = ROLE_PEER,
                                                           .rss_anon_bytes = 1000 - 10 * s});
    giving_back_build(records, 1, &curve);
    assert_near(curve.seconds, 15, 1e-9);
    assert_near(giving_back_at(&curve, 0), 990, 0.5);
    assert_near(giving_back_at(&curve, 10), 890, 0.5);
    assert_near(giving_back_at(&curve, 15), 840, 0.5);
    assert_true(isnan(giving_back_at(&curve, 30)));
    giving_back_build(records, 0, &curve);
    assert_true(isnan(curve.seconds));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_is_bounded_by_what_was_not_freed),
        cmocka_unit_test(a_trace_loses_nothing_that_could_be_told),
        cmocka_unit_test(a_remainder_is_taken_off),
        cmocka_unit_test(the_ledger_decides_where_live_is_not_told),
        cmocka_unit_test(parts_by_the_ledger_add_up),
        cmocka_unit_test(a_ledger_of_other_cycles_is_not_used),
        cmocka_unit_test(the_difference_leaves_out_known_headers),
        cmocka_unit_test(own_counts_stand_the_check_or_not),
        cmocka_unit_test(the_way_back_is_sampled_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
