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
        cmocka_unit_test(test_spoilt_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
