/* Who gave memory back, and when, on runs too short for a trend. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "levels.h"
#include "result.h"
#include "roles.h"
#include "synthetic_run.h"

enum { ROWS_MAX = 4, PHRASES_MAX = 5, MIB = 1048576, PEERS = 4, ROUNDS = 3, BLOCKS = 3 };

/* Anonymous RSS in MiB: at the end of the churn, after the quiet, after the release call. Each
 * starts at 1 and peaks at 60. */
static const struct {
    const char *what;
    double live_kib;
    struct {
        const char *name;
        double end, quiet, released;
        bool uncounted;
    } rows[ROWS_MAX];
    const char *said[PHRASES_MAX], *unsaid[PHRASES_MAX];
} cases[] = {
    {"each in its time",
     1024,
     {{"at-once", 5, 5, 5, false},
      {"waits", 60, 6, 6, false},
      {"asked", 60, 60, 7, false},
      {"keeps", 60, 60, 50, true}},
     {"does not hold it, the allocator keeps it (as its books show on asked): when all have left, "
      "1.00 MiB are live of a peak of 60.0 MiB.",
      "before the load ended by at-once, with 5.00 MiB",
      "; unasked within 1 s of quiet by waits, with 6.00 MiB left",
      "; only when asked by asked, with 7.00 MiB left",
      "; not even when asked by keeps, with 50.0 MiB left."},
     {"cannot be told"}},
    {"none does",
     1024,
     {{"glibc", 60, 60, 59, false}, {"jemalloc", 60, 60, 58, false}},
     {"Not even when asked did a row give half of it back: 58.0 MiB (jemalloc) to 59.0 MiB (glibc) "
      "stay. For a trend"},
     {"only when asked", "unasked", "before"}},
    {"all give back",
     1024,
     {{"glibc", 5, 5, 5, false}, {"jemalloc", 60, 5, 5, false}},
     {"The application does not hold it: when all have left, "},
     {"keeps it", "when asked"}},
    {"half of it is enough",
     1024,
     {{"just", 30, 30, 30, false}, {"hardly", 31, 31, 31, false}},
     {"before the load ended by just, ", "not even when asked by hardly"},
     {"unasked"}},
    {"nobody can ask",
     1024,
     {{"glibc", 60, 60, 59, false}, {"mimalloc", 60, 60, NAN, false}},
     {" No row gave back half of the peak: not even when asked by glibc, with 59.0 MiB left; "
      "not unasked, and there is no way to ask, by mimalloc, with 60.0 MiB left."},
     {"when asked by glibc and mimalloc"}},
    {"the application still holds a third",
     20 * 1024,
     {{"glibc", 60, 60, 59, false}},
     {"who holds the memory cannot be told: run 18"},
     {"does not hold it"}},
    {"nobody counts live",
     1024,
     {{"mimalloc", 60, 60, 2, true}},
     {"No row tells what the application holds"},
     {"does not hold it"}},
};

static void set_rss(struct record *record, enum record_phase phase, double mib)
{
    record->roles[ROLE_PEER].snapshot[phase].rss_anon_bytes =
        isnan(mib) ? -1 : (int64_t)(mib * MIB);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct synthetic_row rows[ROWS_MAX];
        size_t count = 0;
        for (; count < ROWS_MAX && cases[i].rows[count].name; count++)
            rows[count] =
                (struct synthetic_row){.name = cases[i].rows[count].name,
                                       .allocator = "test",
                                       .version = "1",
                                       .start_kib = 1024,
                                       .end_kib = 60 * 1024,
                                       .released_kib = 60 * 1024,
                                       .live_start_kib = cases[i].live_kib,
                                       .live_per_cycle = cases[i].rows[count].uncounted ? -1 : 0,
                                       .cpu_ms_per_1000 = 450,
                                       .join_ms = 2};
        const struct synthetic_workload load = {"test", "?", PEERS, ROUNDS, rows, count};
        const struct synthetic_run plan = {
            .workloads = &load, .workload_count = 1, .blocks = BLOCKS};
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        AUTO(result) struct result result = {.workload_count = 0};
        synthetic_run_build(&plan, &stored);
        for (size_t row = 0; row < count; row++)
            for (int64_t block = 1; block <= BLOCKS; block++) {
                struct record *record =
                    synthetic_record(&stored, "test", cases[i].rows[row].name, block);
                set_rss(record, PHASE_CHURN, cases[i].rows[row].end);
                set_rss(record, PHASE_QUIET, cases[i].rows[row].quiet);
                set_rss(record, PHASE_RELEASED, cases[i].rows[row].released);
            }
        result_build(&stored, &result);
        const char *text = result.workloads[0].conclusion;
        for (size_t p = 0; p < PHRASES_MAX; p++) {
            if (cases[i].said[p] && !strstr(text, cases[i].said[p]))
                fail_msg("%s: not said: %s\nin: %s", cases[i].what, cases[i].said[p], text);
            if (cases[i].unsaid[p] && strstr(text, cases[i].unsaid[p]))
                fail_msg("%s: said: %s\nin: %s", cases[i].what, cases[i].unsaid[p], text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
