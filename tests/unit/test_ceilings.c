#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "assert_between.h"
#include "assert_near.h"
#include "bare_result.h"
#include "ceilings.h"
#include "ceilings_write.h"
#include "draw.h"
#include "gate.h"
#include "memory_stream.h"
#include "roles.h"

#define ENTRY                                                                     \
    "ceilings:\n  - workload: w\n    row: r\n    subject: peer\n    metric: %s\n" \
    "    at_most: %s\n"

static char path[] = "ceilings-XXXXXX";

static int load(const char *text, struct ceilings *out, struct err *err)
{
    AUTO_FCLOSE FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fflush(file), 0);
    return ceilings_load(path, out, err);
}

static const struct {
    const char *metric, *at_most;
    double value;
} good[] = {
    {"rss_anon_plateau_bytes", "64 KiB", 65536}, {"rss_anon_quiet_bytes", "0 B", 0},
    {"live_bytes_per_cycle", "10 B", 10},        {"join_p99_ns", "1500us", 1.5e6},
    {"heap_per_live_ratio", "2.5", 2.5},         {"exit_blocks", "0", 0},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        AUTO(ceilings) struct ceilings ceilings = {.count = 0};
        struct err err = ERR_INIT;
        char text[512];
        (void)snprintf(text, sizeof text, ENTRY, good[i].metric, good[i].at_most);
        if (load(text, &ceilings, &err) < 0)
            fail_msg("%s", err.text);
        assert_int_equal(ceilings.count, 1);
        assert_near(ceilings.items[0].at_most, good[i].value, 0);
        assert_string_equal(metrics[ceilings.items[0].metric].key, good[i].metric);
        assert_string_equal(ceilings.items[0].at_most_as_written, good[i].at_most);
        assert_int_equal(ceilings.items[0].line, 6);
    }
}

#define ITEM "  - {workload: w, row: r, subject: peer, metric: rss_end_bytes, at_most: 1 MiB}\n"

static const struct {
    const char *text;
    const char *place; /* after the file's name */
    const char *said;
} bad[] = {
    {"", ":1:1: ", "the file says nothing; it needs at least a list of 'ceilings'"},
    {"ceilings: []\n", ":1:1: ", "there is no ceiling in it"},
    {"ceilings: 3\n", ":1:11: ", "expected a list"},
    {"- 3\n", ":1:1: ", "expected lines of 'key: value'"},
    {"ceilings:\n  - 3\n", ":2:5: ", "expected lines of 'key: value'"},
    {"celings:\n" ITEM, ":1:1: ", "unknown key 'celings' (did you mean 'ceilings'?)"},
    {"ceilings:\n" ITEM "ceilings:\n" ITEM, ":3:1: ", "ceilings: is given twice"},
    {"ceilings:\n  - workload: w\n    rows: r\n", ":3:5: ", "unknown key 'rows' (did you mean"},
    {"ceilings:\n  - workload: w\n    row: r\n    subject: peer\n    metric: rss_end_bytes\n",
     ":2:5: ", "at_most: is missing; it is the most that is allowed"},
    {"ceilings:\n  - workload: w\n    row: [r]\n    subject: peer\n    metric: rss_end_bytes\n"
     "    at_most: 1 MiB\n",
     ":3:10: ", "row: a list or mapping is given; expected one value"},
    {"ceilings:\n  - {workload: w, row: r, subject: peer, metric: rss_end_bytes, at_most: 5}\n",
     ":2:74: ", "at_most: '5' is not a size"},
    {"ceilings:\n  - {workload: w, row: r, subject: peer, metric: rss_end_bytes, at_most: -5 "
     "MiB}\n",
     ":2:74: ", "at_most: '-5 MiB' is not a size"},
    {"ceilings:\n  - {workload: w, row: r, subject: peer, metric: rss_end_bytes, at_most: nan}\n",
     ":2:74: ", "is not a size"},
    {"ceilings:\n  - {workload: w, row: r, subject: peer, metric: exit_blocks, at_most: -1}\n",
     ":2:72: ", "expected a number from 0"},
    {"ceilings:\n  - {workload: w, row: r, subject: peer, metric: exit_blocks, at_most: inf}\n",
     ":2:72: ", "expected a number from 0"},
    {"ceilings:\n  - {workload: w, row: r, subject: peer, metric: rss_end_byte, at_most: 5 B}\n",
     ":2:50: ", "unknown metric 'rss_end_byte' (did you mean 'rss_end_bytes'?)"},
    {"ceilings:\n" ITEM ITEM, ":3:16: ", "the same ceiling stands in line 2 already"},
    {"ceilings: [\n", ":2:1: ", "not YAML"},
    {"leaks_expected:\n  - {workload: w, row: r}\n", ":2:5: ", "why: is missing"},
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        AUTO(ceilings) struct ceilings ceilings = {.count = 0};
        struct err err = ERR_INIT;
        char place[128];
        (void)snprintf(place, sizeof place, "%s%s", path, bad[i].place);
        int code = load(bad[i].text, &ceilings, &err);
        if (code != -EINVAL || strncmp(err.text, place, strlen(place)) != 0 ||
            !strstr(err.text, bad[i].said))
            fail_msg("%s\nis answered with %d: %s", bad[i].text, code, err.text);
        assert_int_equal(ceilings.count, 0);
    }
    struct err err = ERR_INIT;
    struct ceilings untouched;
    assert_int_equal(ceilings_load("there/is/none.yaml", &untouched, &err), -ENOENT);
}

static const char *const rows[] = {"glibc", "jemalloc"};

static void draw_levels(struct bare_result *bare, size_t blocks, double spread, uint64_t *random)
{
    double values[12];
    for (size_t row = 0; row < 2; row++) {
        for (size_t role = 0; role < ROLE_COUNT; role++) {
            for (size_t i = 0; i < blocks; i++)
                values[i] = 10e6 * exp(spread * draw_normal(random));
            bare_set(bare, row, role, METRIC_RSS_ANON_PLATEAU, values);
            bare_set(bare, row, role, METRIC_RSS_ANON_PEAK, values);
        }
    }
}

/* Ceilings from one run, kept by the next ones. */
static void test_written_and_kept(void **state)
{
    (void)state;
    enum { SESSIONS = 100, BLOCKS = 6 };
    uint64_t random = 1;
    size_t failed = 0;
    for (int session = 0; session < SESSIONS; session++) {
        AUTO(bare_result) struct bare_result measured, later;
        AUTO(ceilings) struct ceilings ceilings = {.count = 0};
        AUTO(gate_report) struct gate_report report = {.count = 0};
        struct err err = ERR_INIT;
        bare_build(rows, 2, CEILINGS_BLOCKS, &measured);
        bare_build(rows, 2, BLOCKS, &later);
        draw_levels(&measured, CEILINGS_BLOCKS, 0.08, &random);
        draw_levels(&later, BLOCKS, 0.08, &random);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_int_equal(ceilings_write(&measured.result, NULL, file, &err), 0);
        assert_int_equal(fclose(file), 0);
        if (ceilings_load(path, &ceilings, &err) < 0)
            fail_msg("%s", err.text);
        assert_int_equal(ceilings.count, 2 * 2 * 9); /* five levels, four rates of growth */
        const struct gate_request request = {.result = &later.result, .ceilings = &ceilings};
        assert_int_equal(gate_check(&request, &report, &err), 0);
        failed += report.status == GATE_FAIL;
    }
    print_message("spread 8 %%: %zu of %d sessions fail\n", failed, SESSIONS);
    assert_between(failed, 0, 1);
}

static void test_rounded_up(void **state)
{
    (void)state;
    static const double same[CEILINGS_BLOCKS] = {1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6};
    assert_near(ceilings_over(same, CEILINGS_BLOCKS), 1.1e6, 1e-3);
    assert_true(isnan(ceilings_over(same, CEILINGS_BLOCKS - 1)));
    static const double wide[CEILINGS_BLOCKS] = {1, 3, 1, 3, 1, 3, 1, 3, 1, 3};
    assert_near(ceilings_over(wide, CEILINGS_BLOCKS), 2 + 2.911 * sqrt(10.0 / 9), 1e-6);
    assert_near(ceilings_tolerance_factor(30), 2.220, 1e-9);
    assert_near(ceilings_tolerance_factor(1000), 2.220, 1e-9);
}

static void test_not_written(void **state)
{
    (void)state;
    static const char *const unknown[] = {"tcmalloc", NULL};
    static const char *const one[] = {"jemalloc", NULL};
    AUTO(bare_result) struct bare_result few, enough;
    AUTO_FREE char *text = NULL;
    struct err err = ERR_INIT;
    bare_build(rows, 2, CEILINGS_BLOCKS - 1, &few);
    bare_build(rows, 2, CEILINGS_BLOCKS, &enough);
    bare_set_verdict(&enough, 1, ROLE_PEER, VERDICT_LEAK, CONFIDENCE_HIGH);
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    assert_int_equal(ceilings_write(&few.result, NULL, out, &err), -ENODATA);
    assert_non_null(strstr(err.text, "glibc under test has 9 valid blocks; a ceiling takes 10"));
    assert_int_equal(ceilings_write(&enough.result, unknown, out, &err), -ENOENT);
    assert_int_equal(fflush(out), 0);
    assert_int_equal(memory.size, 0);
    assert_int_equal(ceilings_write(&enough.result, one, out, &err), 0);
    text = memory_stream_close(&memory);
    assert_non_null(strstr(text, "# test, jemalloc, peer leaks, and growth has no level"));
    assert_non_null(strstr(text, "subject: proxy"));
    assert_null(strstr(text, "subject: peer"));
    assert_null(strstr(text, "row: glibc"));
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_rounded_up),  cmocka_unit_test(test_written_and_kept),
        cmocka_unit_test(test_not_written),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
