/* The level of the last third of the churn: a mean over cycles, whatever time they took. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assert_near.h"
#include "cleanup.h"
#include "metrics.h"
#include "roles.h"

enum { LOOKS_MAX = 12 };

struct look {
    int64_t cycle, elapsed_ms;
    double mib;
};

static const struct plateau_case {
    const char *name;
    int64_t cycles;
    double mib; /* NAN: there is none */
    struct look looks[LOOKS_MAX];
    size_t count;
} cases[] = {
    {"three rounds, of which the last counts",
     3,
     40,
     {{0, 0, 10}, {1, 10, 20}, {2, 20, 40}, {2, 29, 40}, {3, 30, 40}},
     5},
    {"... as much where the last one took longer",
     3,
     40,
     {{0, 0, 10}, {1, 10, 20}, {2, 20, 40}, {2, 990, 40}, {3, 1000, 40}},
     5},
    {"two of six rounds weigh the same, in equal times",
     6,
     30,
     {{3, 0, 0}, {4, 10, 20}, {4, 20, 20}, {5, 20, 40}, {5, 30, 40}, {6, 30, 40}},
     6},
    {"... and where the one took a hundred times as long",
     6,
     30,
     {{3, 0, 0}, {4, 10, 20}, {4, 20, 20}, {5, 20, 40}, {5, 1020, 40}, {6, 1020, 40}},
     6},
    {"memory that goes up and down is half way, on whichever side there are more looks",
     3,
     30,
     {{2, 0, 50}, {2, 1, 50}, {2, 2, 50}, {2, 50, 50}, {2, 50, 10}, {2, 99, 10}, {3, 100, 10}},
     7},
    {"of one cycle the last third of its time",
     1,
     35,
     {{0, 0, 0}, {0, 10, 10}, {0, 20, 30}, {1, 30, 40}},
     4},
    {"what comes after the last cycle is no work",
     3,
     40,
     {{2, 0, 40}, {3, 10, 40}, {3, 500, 90}},
     3},
    {"no look in the last third", 3, NAN, {{0, 0, 10}, {1, 10, 10}, {2, 20, 10}}, 3},
    {"no count was ever told", 1, NAN, {{0, 0, 10}, {0, 10, 10}}, 2},
};

static void add_look(struct record *record, size_t role, const struct look *look)
{
    struct record_sample sample;
    record_sample_init(&sample);
    sample.role = role;
    sample.phase = PHASE_CHURN;
    sample.cycle = look->cycle;
    sample.elapsed_ns = look->elapsed_ms * 1000000;
    sample.rss_anon_bytes = (int64_t)(look->mib * 1048576);
    record_add_sample(record, &sample);
}

static void test_cases(void **state)
{
    (void)state;
    for (const struct plateau_case *is = cases; is < cases + ARRAY_LENGTH(cases); is++) {
        AUTO(record) struct record record;
        const char *why = NULL;
        const struct look other = {2, 5, 1000};
        record_init(&record);
        roles_add(&record);
        record.cycles_planned = record.cycles_done = is->cycles;
        for (size_t i = 0; i < is->count; i++) {
            add_look(&record, ROLE_PEER, &is->looks[i]);
            add_look(&record, ROLE_PROXY, &other);
        }
        print_message("%s\n", is->name);
        struct metric_input input = {&record, ROLE_PEER, NULL, NULL};
        double level = metric_of(METRIC_RSS_ANON_PLATEAU, &input, &why);
        assert_near(level / 1048576, is->mib, 1e-6);
        assert_int_equal(isnan(is->mib), why != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
