#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "assert_near.h"
#include "exporter.h"
#include "made_up_runs.h"
#include "rendered.h"

static char *render(const char *format, void (*scenario)(struct stored_run *out))
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    scenario(&stored);
    return rendered_text(format, &stored, &text_style_plain);
}

static void test_markdown_golden(void **state)
{
    (void)state;
    AUTO_FREE char *mixed = render("markdown", made_up_mixed);
    rendered_matches(mixed, "mixed.md");
    AUTO_FREE char *nothing = render("markdown", made_up_nothing);
    rendered_matches(nothing, "nothing.md");
}

/* Every line of a table has as many cells as its heading, whatever the names hold. */
static void test_markdown_escapes(void **state)
{
    (void)state;
    AUTO_FREE char *text = render("markdown", made_up_hostile);
    assert_non_null(strstr(text, "| &lt;b&gt;\\|\"x\","));
    assert_non_null(strstr(text, "## a\\|b&lt;i&gt;"));
    assert_null(strstr(text, "<b>"));
    char *rest = text;
    size_t cells = 0;
    for (char *line; (line = strsep(&rest, "\n"));) {
        size_t bars = 0;
        if (*line != '|') {
            cells = 0;
            continue;
        }
        for (size_t i = 0; line[i]; i++)
            bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
        if (cells == 0)
            cells = bars;
        assert_int_equal(bars, cells);
    }
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void test_csv(void **state)
{
    (void)state;
    AUTO_FREE char *text = render("csv", made_up_mixed);
    /* 64 rounds x 2 subjects; 6 valid attempts of 7: the replaced one too, the invalid one not */
    assert_int_equal(count_lines(text), 1 + 6 * 64 * 2);
    assert_int_equal(strncmp(text,
                             "workload,row,block,attempt,counted,subject,phase,cycle,elapsed_s,"
                             "at_round_end,rss_bytes,rss_anon_bytes,pss_bytes,pss_shmem_bytes,",
                             119),
                     0);
    assert_non_null(strstr(text, ",replay\ndiscovery,")); /* which is none: an empty cell */
    assert_non_null(strstr(text, ",\ndiscovery,"));
    assert_non_null(strstr(text, "\ndiscovery,glibc,1,1,0,peer,churn,4,0.020000,1,"));
    assert_non_null(strstr(text, "\ndiscovery,glibc,1,2,1,peer,churn,4,0.020000,1,"));
    assert_non_null(strstr(text, "\ndiscovery,glibc,2,1,1,peer,churn,"));
    assert_null(strstr(text, "\ndiscovery,jemalloc+prof,2,"));
    const char *mimalloc = strstr(text, "\ndiscovery,mimalloc,1,1,1,peer,churn,4,");
    assert_non_null(mimalloc);
    assert_null(memmem(mimalloc + 1, strcspn(mimalloc + 1, "\n"), "-1", 2));
    assert_non_null(memmem(mimalloc + 1, strcspn(mimalloc + 1, "\n"), ",,", 2));
}

static void test_csv_escapes(void **state)
{
    (void)state;
    AUTO_FREE char *text = render("csv", made_up_hostile);
    assert_non_null(strstr(text, "\na|b<i>,\"<b>|\"\"x\"\",\033[31m_y_\",1,1,1,peer,churn,"));
}

static json_t *parse(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("line %d: %s", error.line, error.text);
    return json;
}

static json_t *peer_of(json_t *document, size_t row)
{
    json_t *workload = json_array_get(json_object_get(document, "workloads"), 0);
    json_t *found = json_array_get(json_object_get(workload, "rows"), row);
    return json_object_get(json_object_get(found, "subjects"), "peer");
}

static void test_json_numbers(void **state)
{
    (void)state;
    AUTO_FREE char *text = render("json", made_up_mixed);
    json_auto_t *document = parse(text);
    assert_int_equal(json_integer_value(json_object_get(document, "schema")), 2);
    assert_true(json_is_false(json_object_get(document, "complete")));

    json_t *live = json_object_get(peer_of(document, 0), "live_bytes_per_cycle");
    assert_near(json_number_value(json_object_get(live, "median")), 35200, 1);
    assert_int_equal(json_array_size(json_object_get(live, "values")), 2);
    json_t *verdict = json_object_get(peer_of(document, 0), "verdict");
    assert_string_equal(json_string_value(json_object_get(verdict, "verdict")), "leak");

    /* one block: a median, but no interval */
    json_t *end = json_object_get(peer_of(document, 1), "rss_anon_end_bytes");
    assert_true(json_is_integer(json_object_get(end, "median")));
    assert_true(json_is_null(json_object_get(end, "low")));
}

static void large_seeds(struct stored_run *out)
{
    made_up_mixed(out);
    out->run.seed = UINT64_MAX;
    out->run.workloads[0].seed = INT64_MAX;
}

static void test_json_seeds(void **state)
{
    (void)state;
    AUTO_FREE char *text = render("json", large_seeds);
    json_auto_t *document = parse(text);
    json_t *workload = json_array_get(json_object_get(document, "workloads"), 0);
    json_t *plan = json_object_get(workload, "plan");
    assert_string_equal(json_string_value(json_object_get(document, "seed")),
                        "18446744073709551615");
    assert_string_equal(json_string_value(json_object_get(plan, "seed")), "9223372036854775807");
}

static void test_json_unavailable(void **state)
{
    (void)state;
    AUTO_FREE char *text = render("json", made_up_mixed);
    json_auto_t *document = parse(text);
    json_t *mimalloc = peer_of(document, 2);
    json_t *reasons = json_object_get(mimalloc, "unavailable");
    assert_true(json_is_null(json_object_get(mimalloc, "live_end_bytes")));
    assert_non_null(json_string_value(json_object_get(reasons, "live_end_bytes")));
    for (size_t id = 0; id < METRIC_COUNT; id++) {
        json_t *value = json_object_get(mimalloc, metrics[id].key);
        assert_non_null(value);
        assert_int_equal(json_is_null(value),
                         json_is_string(json_object_get(reasons, metrics[id].key)));
    }
}

static void test_json_of_nothing_and_hostile(void **state)
{
    (void)state;
    AUTO_FREE char *nothing = render("json", made_up_nothing);
    json_auto_t *document = parse(nothing);
    assert_int_equal(json_integer_value(json_object_get(document, "missing_trials")), 9);
    assert_null(strstr(nothing, "nan"));

    AUTO_FREE char *hostile = render("json", made_up_hostile);
    json_auto_t *named = parse(hostile);
    json_t *workload = json_array_get(json_object_get(named, "workloads"), 0);
    json_t *row = json_array_get(json_object_get(workload, "rows"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "name")), MADE_UP_HOSTILE_NAME);
}

/* SCHEMA.md names every metric: a number nobody can look up is no interface. */
static void test_schema_is_documented(void **state)
{
    (void)state;
    AUTO_FREE char *schema = rendered_file(TEST_SOURCE_DIR "/reports/SCHEMA.md");
    for (size_t id = 0; id < METRIC_COUNT; id++) {
        char quoted[64];
        (void)snprintf(quoted, sizeof quoted, "`%s`", metrics[id].key);
        if (!strstr(schema, quoted))
            fail_msg("reports/SCHEMA.md does not have %s", quoted);
    }
}

static void test_unknown_format(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    assert_null(exporter_find("jsn", &err));
    assert_string_equal(err.text, "unknown format 'jsn' (did you mean 'json'?)");
    assert_null(exporter_find("pdf-with-pictures", &err));
    assert_non_null(strstr(err.text, "--help"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markdown_golden),
        cmocka_unit_test(test_markdown_escapes),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_escapes),
        cmocka_unit_test(test_json_numbers),
        cmocka_unit_test(test_json_seeds),
        cmocka_unit_test(test_json_unavailable),
        cmocka_unit_test(test_json_of_nothing_and_hostile),
        cmocka_unit_test(test_schema_is_documented),
        cmocka_unit_test(test_unknown_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
