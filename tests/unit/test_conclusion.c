#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conclusion.h"
#include "made_up_runs.h"
#include "result.h"
#include "synthetic_run.h"

/* MiB at the end of the churn, and B per cycle of live (negative: it cannot tell). 256 cycles. */
#define ROW(name_, allocator_, start_mib, end_mib, released_mib, live)                             \
    {                                                                                              \
        .name = (name_), .allocator = (allocator_), .version = "1", .start_kib = (start_mib)*1024, \
        .end_kib = (end_mib)*1024, .released_kib = (released_mib)*1024, .live_start_kib = 410,     \
        .live_per_cycle = (live), .cpu_ms_per_1000 = 450, .join_ms = 2                             \
    }

enum { ROWS_MAX = 3, PHRASES_MAX = 6 };

static const struct {
    const char *what;
    struct synthetic_row rows[ROWS_MAX];
    size_t row_count;
    const char *said[PHRASES_MAX], *unsaid[PHRASES_MAX];
} cases[] = {
    {"all leak at one rate",
     {ROW("glibc", "glibc", 1, 20, 2, 35200), ROW("jemalloc", "jemalloc", 1, 20, 2, 43000),
      ROW("mimalloc", "mimalloc", 1, 20, 2, -1)},
     3,
     {"The application holds the memory: live grows on both rows that can tell (glibc and "
      "jemalloc) by 35.2 kB (glibc) to 43.0 kB (jemalloc) per cycle, one rate but",
      "changing the allocator will not help", "mimalloc cannot tell live, but RSS grows there too"},
     {"differ by more", "the allocator's doing"}},
    {"all leak, rates far apart",
     {ROW("glibc", "glibc", 1, 20, 2, 35200), ROW("jemalloc", "jemalloc", 1, 40, 2, 120000)},
     2,
     {"live grows on every row", "The rates differ by more than the size of blocks explains"},
     {"one rate"}},
    {"small blocks are one rate",
     {ROW("glibc", "glibc", 1, 20, 2, 2032), ROW("jemalloc", "jemalloc", 1, 20, 2, 2016)},
     2,
     {"one rate but for the size of blocks"},
     {"differ by more"}},
    {"one leaks alone",
     {ROW("glibc", "glibc", 1, 2, 1, 0), ROW("jemalloc", "jemalloc", 1, 20, 2, 35000)},
     2,
     {"The rows disagree", "live grows on jemalloc by 35.0 kB per cycle and stays flat on glibc",
      "look at jemalloc first"},
     {"will not help"}},
    {"huge pages round up",
     {ROW("glibc", "glibc", 1, 1.02, 1, 0), ROW("mi@3", "mimalloc", 4, 4.02, 1, 0),
      ROW("mi@3+nothp", "mimalloc", 1, 1.02, 1, 0)},
     3,
     {"Huge pages are 3.00 MiB of the 4.02 MiB that mi@3 holds at the end",
      "without them (mi@3+nothp) it is 1.02 MiB"},
     {"of the 1.02 MiB that"}},
    {"one keeps, its tuned row returns",
     {ROW("glibc", "glibc", 1, 30, 2, 0), ROW("glibc+trim", "glibc", 1, 1.02, 1, 0),
      ROW("mimalloc", "mimalloc", 1, 1.02, 1, -1)},
     3,
     {"What the application holds does not grow: live stays flat on both rows that can tell",
      "Only RSS differs, which is retention or fragmentation: anonymous RSS grows on glibc by",
      "It levels off on glibc+trim and mimalloc", "What glibc keeps, glibc+trim returns (TUNED=1)",
      "Asked to, glibc goes from 30.0 MiB to 2.00 MiB"},
     {"The application holds", "on every row as well"}},
    {"growth of a row that cannot tell is the allocator's",
     {ROW("glibc", "glibc", 1, 1.02, 1, 0), ROW("mimalloc", "mimalloc", 1, 30, 30, -1)},
     2,
     {"live stays flat on glibc, the only row that can tell", "anonymous RSS grows on mimalloc"},
     {"Asked to"}},
    {"all keep",
     {ROW("glibc", "glibc", 1, 30, 29, 0), ROW("jemalloc", "jemalloc", 1, 20, 19, 0)},
     2,
     {"What is kept is the allocator's doing", "anonymous RSS grows on every row"},
     {"Only RSS differs", "levels off", "Asked to"}},
    {"nobody can tell, growing",
     {ROW("mimalloc", "mimalloc", 1, 30, 30, -1)},
     1,
     {"No row tells what the application holds, and anonymous RSS grows on mimalloc by",
      "may be a leak, or memory that the allocator keeps"},
     {"The application holds"}},
    {"nobody can tell, flat",
     {ROW("mimalloc", "mimalloc", 1, 1.02, 1, -1)},
     1,
     {"stays flat on mimalloc, but a leak into memory already held cannot be ruled out"},
     {"grows"}},
    {"all flat",
     {ROW("glibc", "glibc", 1, 1.02, 1, 0), ROW("jemalloc", "jemalloc", 2, 2.02, 1, 0)},
     2,
     {"live stays flat on every row (no leak above", "there is no leak and no hoarding",
      "1.01 MiB (glibc) to 2.02 MiB (jemalloc)"},
     {"grows", "keeps"}},
};

/* Of a pair "x", "x+nothp" the first one lies in huge pages, as far as there is a pair. */
static void set_huge_pages(struct stored_run *stored)
{
    for (size_t i = 0; i < stored->run.row_count; i++) {
        struct run_row *row = &stored->run.rows[i];
        const char *suffix = strstr(row->name, "+nothp");
        row->huge_pages = suffix ? HUGE_PAGES_OFF : HUGE_PAGES_AS_FOUND;
        for (size_t r = 0; suffix && r < stored->record_count; r++)
            if (strlen(stored->records[r].row) == (size_t)(suffix - row->name))
                stored->records[r].roles[RECORD_PRIMARY].snapshot[PHASE_CHURN].anon_huge_bytes =
                    1 << 20;
    }
}

static void set_tunables(struct stored_run *stored)
{
    for (size_t i = 0; i < stored->run.row_count; i++) {
        struct run_row *row = &stored->run.rows[i];
        if (!strchr(row->name, '+'))
            continue;
        row->environment = realloc(row->environment, 2 * sizeof *row->environment);
        row->environment[0] = strdup("TUNED=1");
        row->environment[1] = NULL;
    }
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct synthetic_workload load = {"test", "?",           4,
                                                64,     cases[i].rows, cases[i].row_count};
        const struct synthetic_run plan = {
            .workloads = &load, .workload_count = 1, .blocks = 3, .noise = 0.002};
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        AUTO(result) struct result result = {.workload_count = 0};
        synthetic_run_build(&plan, &stored);
        set_tunables(&stored);
        set_huge_pages(&stored);
        result_build(&stored, &result);
        const char *text = result.workloads[0].conclusion;
        for (size_t p = 0; p < PHRASES_MAX; p++) {
            if (cases[i].said[p] && !strstr(text, cases[i].said[p]))
                fail_msg("%s: not said: %s\nin: %s", cases[i].what, cases[i].said[p], text);
            if (cases[i].unsaid[p] && strstr(text, cases[i].unsaid[p]))
                fail_msg("%s: said: %s\nin: %s", cases[i].what, cases[i].unsaid[p], text);
        }
        assert_null(strstr(text, "nan"));
        assert_null(strstr(text, "n/a"));
        assert_null(strstr(text, "  "));
    }
}

/* Live grows, and most of the growth is not live: the headline does not blame the application. */
static void test_a_small_leak(void **state)
{
    (void)state;
    static const struct synthetic_row rows[] = {ROW("glibc", "glibc", 1, 20, 2, 2032),
                                                ROW("jemalloc", "jemalloc", 1, 20, 2, 2016)};
    const struct synthetic_workload load = {"test", "?", 4, 64, rows, 2};
    const struct synthetic_run plan = {
        .workloads = &load, .workload_count = 1, .blocks = 3, .noise = 0.002};
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    synthetic_run_build(&plan, &stored);
    result_build(&stored, &result);
    for (size_t i = 0; i < 2; i++)
        result.workloads[0].rows[i].subjects[RECORD_PRIMARY].verdict.kind = VERDICT_RETENTION;
    AUTO_FREE char *text = conclusion_text(&result.workloads[0]);
    assert_non_null(
        strstr(text, "The application holds a part of what grows: live grows on every"));
    assert_non_null(strstr(text, "No allocator can return that part; "));
    assert_null(strstr(text, "will not help"));
}

static void test_nothing(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    made_up_nothing(&stored);
    result_build(&stored, &result);
    assert_null(result.workloads[0].conclusion);
    assert_null(result.workloads[0].recommendation);
}

static void test_lost_on_purpose(void **state)
{
    (void)state;
    const struct synthetic_row rows[] = {ROW("glibc", "glibc", 1, 20, 2, 35200)};
    const struct synthetic_workload load = {"leak", "?", 4, 64, rows, 1};
    const struct synthetic_run plan = {.workloads = &load, .workload_count = 1, .blocks = 3};
    for (int64_t bytes = 0; bytes <= 64; bytes += 64) {
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        AUTO(result) struct result result = {.workload_count = 0};
        synthetic_run_build(&plan, &stored);
        stored.run.workloads[0].leak_bytes = bytes;
        result_build(&stored, &result);
        const char *said =
            strstr(result.workloads[0].conclusion, "loses 64 B per cycle on purpose");
        assert_int_equal(said != NULL, bytes == 64);
    }
}

/* One of three is no majority, and what the others hold is not known. */
static void test_most_rows_cannot_be_judged(void **state)
{
    (void)state;
    static const struct synthetic_row rows[] = {ROW("glibc", "glibc", 1, 1.02, 1, 0),
                                                ROW("jemalloc", "jemalloc", 2, 2.02, 1, 0),
                                                ROW("tcmalloc", "tcmalloc", 2, 2.02, 1, 0)};
    const struct synthetic_workload load = {"test", "?", 4, 64, rows, ARRAY_LENGTH(rows)};
    const struct synthetic_run plan = {
        .workloads = &load, .workload_count = 1, .blocks = 3, .noise = 0.002};
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    synthetic_run_build(&plan, &stored);
    result_build(&stored, &result);
    struct result_workload *workload = &result.workloads[0];
    workload->rows[0].subjects[RECORD_PRIMARY].live = SIGNAL_UNCLEAR;
    workload->rows[1].subjects[RECORD_PRIMARY].live = SIGNAL_UNCLEAR;
    AUTO_FREE char *text = conclusion_text(workload);
    assert_non_null(strstr(text, "Live stays flat on tcmalloc"));
    assert_non_null(strstr(text, "; of glibc and jemalloc it cannot be judged: run more cycles."));
    assert_non_null(strstr(text, "Anonymous RSS stays flat on every row: nothing is hoarded"));
    assert_null(strstr(text, "does not grow"));
    assert_null(strstr(text, "no leak and no hoarding"));
}

/* 18 are enough for a word on growth; fewer are no reason to say that live is unsteady. */
static void test_too_few_rounds_are_named(void **state)
{
    (void)state;
    static const struct synthetic_row row = ROW("glibc", "glibc", 1, 1.02, 1, 0);
    for (int rounds = 15; rounds <= 18; rounds += 3) {
        const struct synthetic_workload load = {"test", "?", 1, rounds, &row, 1};
        const struct synthetic_run plan = {.workloads = &load, .workload_count = 1, .blocks = 3};
        AUTO(stored_run) struct stored_run stored = {.record_count = 0};
        AUTO(result) struct result result = {.workload_count = 0};
        synthetic_run_build(&plan, &stored);
        result_build(&stored, &result);
        const char *text = result.workloads[0].conclusion;
        bool few = strstr(text, "There are too few rounds for a trend");
        if (few != (rounds < 18))
            fail_msg("%d rounds: %s", rounds, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_lost_on_purpose),
        cmocka_unit_test(test_a_small_leak),
        cmocka_unit_test(test_most_rows_cannot_be_judged),
        cmocka_unit_test(test_too_few_rounds_are_named),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
