/* How sentences speak of many rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bare_result.h"
#include "cleanup.h"
#include "memory_stream.h"
#include "row_words.h"

enum { ROWS = 8 };

static const char *const names[ROWS] = {"glibc",      "glibc+arena1",    "glibc+trim", "jemalloc",
                                        "jemalloc+x", "jemalloc+decay0", "mimalloc",   "tcmalloc"};

/* Which rows the filter takes: one bit each. */
static unsigned taken;
static const struct result_row *first;

static bool is_taken(const struct result_row *row)
{
    return taken >> (row - first) & 1;
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        unsigned taken;
        const char *names, *where;
    } cases[] = {
        {0x01, "glibc", "on glibc"},
        {0x03, "glibc and glibc+arena1", "on glibc and glibc+arena1"},
        {0x07, "all rows of glibc", "on all rows of glibc"},
        {0x0f, "jemalloc and all rows of glibc", "on jemalloc and all rows of glibc"},
        {0xc7, "mimalloc, tcmalloc and all rows of glibc",
         "on mimalloc, tcmalloc and all rows of glibc"},
        {0x3f, "all rows of glibc and jemalloc", "on every row but mimalloc and tcmalloc"},
        {0xff, "mimalloc, tcmalloc and all rows of glibc and jemalloc", "on every row"},
    };
    AUTO(bare_result) struct bare_result bare;
    bare_build(names, ROWS, 3, &bare);
    struct run_row rows[ROWS];
    char allocators[ROWS][16];
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = *bare.workload.rows[i].row;
        (void)snprintf(allocators[i], sizeof allocators[i], "%.*s", (int)strcspn(names[i], "+"),
                       names[i]);
        rows[i].allocator = allocators[i];
        bare.workload.rows[i].row = &rows[i];
    }
    first = bare.workload.rows;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct memory_stream memory;
        taken = cases[i].taken;
        row_say_names(memory_stream_open(&memory), &bare.workload, is_taken);
        AUTO_FREE char *said = memory_stream_close(&memory);
        assert_string_equal(said, cases[i].names);
        row_say_where(memory_stream_open(&memory), &bare.workload, is_taken);
        AUTO_FREE char *where = memory_stream_close(&memory);
        assert_string_equal(where, cases[i].where);
    }
}

static void test_range_of_equals(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    static const double low[] = {82.51e6, 82.51e6, 82.51e6}, high[] = {82.52e6, 82.52e6, 82.52e6};
    bare_build(names, 2, 3, &bare);
    bare_set(&bare, 0, 0, METRIC_RSS_ANON_PEAK, low);
    bare_set(&bare, 1, 0, METRIC_RSS_ANON_PEAK, high);
    struct memory_stream memory;
    row_say_range(memory_stream_open(&memory), &bare.workload, row_measured, METRIC_RSS_ANON_PEAK,
                  row_say_mib);
    AUTO_FREE char *said = memory_stream_close(&memory);
    assert_string_equal(said, "78.7 MiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_range_of_equals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
