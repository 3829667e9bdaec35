#include "columns.h"

#include <string.h>

#include "assert_near.h"
#include "bare_result.h"
#include "comparison_text.h"
#include "roles.h"

static const char *const rows[] = {"glibc", "jemalloc"};

static void set_unavailable(struct bare_result *bare, size_t row, const char *why)
{
    static const enum metric_id joins[] = {METRIC_JOIN_P50, METRIC_JOIN_P99};
    for (size_t i = 0; i < ARRAY_LENGTH(joins); i++)
        bare->workload.rows[row].subjects[ROLE_PEER].metric[joins[i]].unavailable = why;
}

static size_t shown(const struct bare_result *bare)
{
    struct column_choice choice;
    const struct column_set *set =
        columns_choose(&cost_columns, &bare->workload, ROLE_PEER, &choice);
    for (size_t i = 0; i < set->count; i++)
        if (strstr(set->columns[i].label, "join") && set->count < cost_columns.count)
            fail_msg("%s is there, and others are not", set->columns[i].label);
    return set->count;
}

/* A column goes where the load has no such thing on any row; what could not be measured stays. */
static void test_not_of_the_load(void **state)
{
    (void)state;
    const char *none = metrics[METRIC_JOIN_P99].not_of_load;
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 2, 1, &bare);
    assert_int_equal(shown(&bare), cost_columns.count);
    set_unavailable(&bare, 0, none);
    assert_int_equal(shown(&bare), cost_columns.count);
    set_unavailable(&bare, 1, "nobody told");
    assert_int_equal(shown(&bare), cost_columns.count);
    assert_true(comparison_shown(&bare.workload, COMPARED_METRICS - 1));
    set_unavailable(&bare, 1, none);
    assert_int_equal(shown(&bare), cost_columns.count - 2);
    assert_false(comparison_shown(&bare.workload, COMPARED_METRICS - 1));
    assert_true(comparison_shown(&bare.workload, 0));
}

static const struct column *find_cpu(const struct bare_result *bare, double ns_per_cycle,
                                     struct column_choice *choice)
{
    struct estimate *estimate =
        &bare->workload.rows[1].subjects[ROLE_PEER].metric[METRIC_CPU_PER_1000_CYCLES];
    estimate->median = ns_per_cycle * 1000;
    const struct column_set *set =
        columns_choose(&cost_columns, &bare->workload, ROLE_PEER, choice);
    for (size_t i = 0; i < set->count; i++)
        if (set->columns[i].metric == METRIC_CPU_PER_1000_CYCLES)
            return &set->columns[i];
    fail();
    return NULL;
}

/* Where kept and outside cannot be told apart each is at most both, unless both together fall. */
static void test_most_of_a_part(void **state)
{
    (void)state;
    static const struct {
        double not_live;
        const char *shown;
    } cases[] = {{7.79, "≤7.79"}, {0, "≤0"}, {-0.02, "n/a"}};
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 2, 1, &bare);
    struct result_subject *subject = &bare.workload.rows[0].subjects[ROLE_PEER];
    const struct column column = {.metric = METRIC_KEPT_PER_CYCLE, .unit = 1};
    subject->metric[METRIC_KEPT_PER_CYCLE].median = NAN;
    subject->metric[METRIC_KEPT_PER_CYCLE].unavailable = "cannot be told";
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char text[64];
        subject->metric[METRIC_NOT_LIVE_PER_CYCLE].median = cases[i].not_live;
        assert_string_equal(cell_value(&column, subject, true, text, sizeof text), cases[i].shown);
    }
}

/* One run of a compiler takes 2.85 s, and not 2,850,000 ms per 1000. */
static void test_unit_of_cpu(void **state)
{
    (void)state;
    static const struct {
        double ns_per_cycle;
        const char *label, *cell;
    } cases[] = {
        {386e3, "CPU ms per 1000 cycles", "386"},
        {132e6, "CPU ms per cycle", "132"},
        {2.85e9, "CPU s per cycle", "2.85"},
    };
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 2, 1, &bare);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct column_choice choice;
        char text[CELL_TEXT_MAX];
        const struct column *column = find_cpu(&bare, cases[i].ns_per_cycle, &choice);
        assert_string_equal(column->label, cases[i].label);
        assert_string_equal(
            cell_median(column, &bare.workload.rows[1].subjects[ROLE_PEER].metric[column->metric],
                        text, sizeof text),
            cases[i].cell);
    }
}

/* A row without a valid trial says nothing of the load. */
static void test_spoilt_row(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    bare_build(rows, 2, 1, &bare);
    bare_spoil(&bare, 1);
    set_unavailable(&bare, 0, metrics[METRIC_JOIN_P99].not_of_load);
    assert_int_equal(shown(&bare), cost_columns.count - 2);
    bare_spoil(&bare, 0);
    assert_int_equal(shown(&bare), cost_columns.count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_of_the_load),
        cmocka_unit_test(test_most_of_a_part),
        cmocka_unit_test(test_spoilt_row),
        cmocka_unit_test(test_unit_of_cpu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
