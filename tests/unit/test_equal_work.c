/* What trials agree on having done, where no formula says it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "equal_work.h"

enum { TRIALS_MAX = 6 };

static const struct {
    const char *what;
    struct {
        int64_t id, attempt, work;
    } trials[TRIALS_MAX];
    size_t count;
    bool right[TRIALS_MAX];
    const char *said; /* of the first that is not */
} cases[] = {
    {"one trial", {{1, 1, 5}}, 1, {true}, NULL},
    {"all alike", {{1, 1, 5}, {2, 1, 5}, {3, 1, 5}}, 3, {true, true, true}, NULL},
    {"one of three does more",
     {{1, 1, 5}, {2, 1, 6}, {3, 1, 5}},
     3,
     {true, false, true},
     "it did other work than the rest: work is 6, not 5"},
    {"it comes first",
     {{1, 1, 6}, {2, 1, 5}, {3, 1, 5}},
     3,
     {false, true, true},
     "work is 6, not 5"},
    {"a trial that was repeated has one vote",
     {{1, 1, 6}, {1, 2, 6}, {1, 3, 6}, {2, 1, 5}, {3, 1, 5}},
     5,
     {false, false, false, true, true},
     "work is 6, not 5"},
    {"the last attempt counts",
     {{1, 1, 6}, {1, 2, 5}, {2, 1, 5}},
     3,
     {false, true, true},
     "work is 6, not 5"},
    {"of two that differ none is right",
     {{1, 1, 5}, {2, 1, 6}},
     2,
     {false, false},
     "the trials did not do the same: work is 5 here, and no number is that of most"},
    {"half is not most",
     {{1, 1, 5}, {2, 1, 6}, {3, 1, 5}, {4, 1, 6}},
     4,
     {false, false, false, false},
     "no number is that of most"},
};

static void agreed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char counter[] = "work", workload[] = "own";
        struct record_counter counters[TRIALS_MAX];
        struct record_role roles[TRIALS_MAX];
        struct record records[TRIALS_MAX];
        struct stored_run stored = {.records = records, .record_count = cases[i].count};
        struct equal_work work;
        char text[256] = "", first[256] = "";
        for (size_t t = 0; t < cases[i].count; t++) {
            counters[t] = (struct record_counter){
                .name = counter, .value = cases[i].trials[t].work, .expected = RECORD_NA};
            roles[t] = (struct record_role){
                .measured = true, .counters = &counters[t], .counter_count = 1};
            records[t] = (struct record){.id = cases[i].trials[t].id,
                                         .attempt = cases[i].trials[t].attempt,
                                         .workload = workload,
                                         .outcome = RECORD_VALID,
                                         .roles = &roles[t],
                                         .role_count = 1};
        }
        equal_work_find(&stored, workload, &work);
        for (size_t t = 0; t < cases[i].count; t++) {
            bool right = equal_work_done(&work, &records[t], text, sizeof text);
            if (right != cases[i].right[t])
                fail_msg("%s: trial %zu", cases[i].what, t);
            if (!right && !*first)
                (void)memcpy(first, text, sizeof first);
        }
        if (cases[i].said && !strstr(first, cases[i].said))
            fail_msg("%s: '%s'", cases[i].what, first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agreed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
