#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "assert_between.h"
#include "assert_near.h"
#include "bare_result.h"
#include "exporter.h"
#include "gate.h"
#include "github.h"
#include "memory_stream.h"
#include "roles.h"

static const char *const rows[] = {"glibc", "a<\"&>'\001\nb"};

static char *text_of(const char *format, const struct result *result)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    exporter_find(format, NULL)->write(result, out, &text_style_plain);
    return memory_stream_close(&memory);
}

/* Two rows; the peer of the second one leaks, and the proxy of it cannot be judged. */
static void build(struct bare_result *bare, struct gate_report *report)
{
    bare_build(rows, 2, 3, bare);
    bare_set_verdict(bare, 1, ROLE_PEER, VERDICT_LEAK, CONFIDENCE_HIGH);
    bare_set_verdict(bare, 1, ROLE_PROXY, VERDICT_LEAK, CONFIDENCE_LOW);
    const struct gate_request request = {.result = &bare->result};
    assert_int_equal(gate_check(&request, report, NULL), 0);
    bare->result.gate = report;
}

static void test_junit(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    build(&bare, &report);
    AUTO_FREE char *text = text_of("junit", &bare.result);
    assert_non_null(strstr(text, "tests=\"6\" failures=\"1\" errors=\"1\" time=\"0.000\">"));
    assert_non_null(strstr(text,
                           "classname=\"test.a&lt;&quot;&amp;&gt;&#39;\uFFFD b\" name=\"peer: no "
                           "leak\" time=\"0.000\"><failure type=\"leak\" message=\"leak: so "
                           "it was said\">leak: so it was said</failure></testcase>"));
    assert_non_null(strstr(text, "<error type=\"leak\""));
    assert_null(strchr(text, '\001'));
}

/* A row that is not on this machine is skipped under every workload, and counted. */
static void test_junit_skips(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    build(&bare, &report);
    struct run *run = &bare.stored.run;
    run->absent = calloc(1, sizeof *run->absent);
    run->absent[run->absent_count++] =
        (struct run_absent){strdup("mimalloc"), strdup("<libmimalloc-dev> is not installed")};
    AUTO_FREE char *text = text_of("junit", &bare.result);
    assert_non_null(strstr(text, "<testsuites name=\"heapchurn\" tests=\"7\" failures=\"1\""));
    assert_non_null(strstr(text, "tests=\"7\" failures=\"1\" errors=\"1\" skipped=\"1\""));
    assert_non_null(strstr(
        text, "<testcase classname=\"test.mimalloc\" name=\"trials\" time=\"0.000\"><skipped "
              "type=\"absent\" message=\"&lt;libmimalloc-dev&gt; is not installed\">"
              "&lt;libmimalloc-dev&gt; is not installed</skipped></testcase>"));
}

static void test_openmetrics(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    static const double values[] = {190238720, 190238721, 190238722}, times[] = {1234567, 1, 9e9},
                        none[] = {NAN, NAN, NAN}, small[] = {0, 0, 0.0123456};
    bare_build(rows, 2, 3, &bare);
    bare_set(&bare, 0, ROLE_PEER, METRIC_RSS_ANON_PEAK, values);
    bare_set(&bare, 0, ROLE_PEER, METRIC_JOIN_P99, times);
    bare_set(&bare, 0, ROLE_PEER, METRIC_LIVE_END, none);
    bare_set(&bare, 0, ROLE_PEER, METRIC_RSS_END, small);
    AUTO_FREE char *text = text_of("openmetrics", &bare.result);
    assert_non_null(strstr(text, "# TYPE heapchurn_rss_anon_peak_bytes gauge\n"
                                 "# UNIT heapchurn_rss_anon_peak_bytes bytes\n"
                                 "heapchurn_rss_anon_peak_bytes{workload=\"test\",row=\"glibc\","
                                 "subject=\"peer\"} 190000000\n"));
    assert_non_null(strstr(text, "heapchurn_join_p99_seconds{workload=\"test\",row=\"glibc\","
                                 "subject=\"peer\"} 0.00123\n"));
    assert_non_null(strstr(text, "row=\"a<\\\"&>'\001\\nb\""));
    assert_null(strstr(text, "heapchurn_live_end_bytes{workload=\"test\",row=\"glibc\",subject="
                             "\"peer\"}"));
    assert_non_null(strstr(text, "heapchurn_rss_end_bytes{workload=\"test\",row=\"glibc\",subject="
                                 "\"peer\"} 0.00\n"));
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "counter"));
    assert_string_equal(text + strlen(text) - strlen("# EOF\n"), "# EOF\n");
}

static void test_bencher(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    static const double values[] = {3, 1, 2};
    bare_build(rows, 1, 3, &bare);
    bare_set(&bare, 0, ROLE_PEER, METRIC_RSS_ANON_PLATEAU, values);
    AUTO_FREE char *text = text_of("bencher", &bare.result);
    json_t *json = json_loads(text, 0, NULL);
    json_t *row = json_object_get(json, "test/glibc");
    json_t *measure = json_object_get(row, "peer-rss-anon-plateau-bytes");
    assert_int_equal(json_integer_value(json_object_get(measure, "value")), 2);
    assert_int_equal(json_integer_value(json_object_get(measure, "lower_value")), 1);
    assert_int_equal(json_integer_value(json_object_get(measure, "upper_value")), 3);
    const char *key;
    json_t *each;
    json_object_foreach(row, key, each) assert_between(strlen(key), 1, 64);
    assert_int_equal(json_object_size(row), 8); /* seven of the peer, one of the proxy */
    json_decref(json);
}

static void test_gha(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    static const double values[] = {1048576, 2097152, 3145728}, none[] = {NAN, NAN, NAN};
    bare_build(rows, 1, 3, &bare);
    bare_set(&bare, 0, ROLE_PEER, METRIC_RSS_ANON_PLATEAU, values);
    bare_set(&bare, 0, ROLE_PEER, METRIC_JOIN_P99, none);
    AUTO_FREE char *text = text_of("gha", &bare.result);
    json_t *json = json_loads(text, 0, NULL);
    json_t *first = json_array_get(json, 0);
    assert_int_equal(json_array_size(json), 7);
    assert_string_equal(json_string_value(json_object_get(first, "unit")), "MiB");
    assert_near(json_number_value(json_object_get(first, "value")), 2, 1e-9);
    assert_string_equal(json_string_value(json_object_get(first, "range")), "± 1");
    assert_string_equal(json_string_value(json_object_get(first, "extra")), "3 blocks, 1 to 3");
    json_decref(json);
}

static void test_annotations(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    build(&bare, &report);
    report.ceilings_path = "a,b:c.yaml";
    report.lines[0].status = GATE_WARN;
    report.lines[0].file_line = 7;
    free(report.lines[0].message);
    report.lines[0].message = strdup("100 %\nand more");
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    github_annotations(&bare.result, out);
    AUTO_FREE char *text = memory_stream_close(&memory);
    assert_non_null(strstr(text, "::warning file=a%2Cb%3Ac.yaml,line=7,title=test glibc "
                                 "trials::100 %25%0Aand more\n"));
    assert_non_null(strstr(text, "::error title=test a<\"&>'\001%0Ab peer%3A no leak::leak: so"));
}

/* GitHub shows ten of a kind. */
static void test_many_annotations(void **state)
{
    (void)state;
    AUTO(bare_result) struct bare_result bare;
    AUTO(gate_report) struct gate_report report = {.count = 0};
    size_t lines = 0;
    static const char *const many[] = {"a", "b", "c", "d", "e", "f", "g"};
    bare_build(many, 7, 1, &bare); /* one block: every leak check is undecided */
    const struct gate_request request = {.result = &bare.result};
    assert_int_equal(gate_check(&request, &report, NULL), 0);
    bare.result.gate = &report;
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    github_annotations(&bare.result, out);
    AUTO_FREE char *text = memory_stream_close(&memory);
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        lines++;
    assert_int_equal(lines, 10);
    assert_non_null(strstr(text, "::error title=heapchurn::5 more, in the summary of this job\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_junit),
        cmocka_unit_test(test_junit_skips),
        cmocka_unit_test(test_openmetrics),
        cmocka_unit_test(test_bencher),
        cmocka_unit_test(test_gha),
        cmocka_unit_test(test_annotations),
        cmocka_unit_test(test_many_annotations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
