/*
 * A run that was stored gives the same report for ever. tests/data/runs/mixed is made_up_mixed as
 * the store wrote it; `test_stored_report --record` writes it anew where it is not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "exporter.h"
#include "made_up_runs.h"
#include "rendered.h"

static const char mixed_dir[] = TEST_DATA_DIR "/runs/mixed";

static int record_run(void)
{
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    struct err err = ERR_INIT;
    made_up_mixed(&stored);
    int code = store_create(mixed_dir, &stored.run, &err);
    for (size_t i = 0; code == 0 && i < stored.record_count; i++)
        code = store_append(mixed_dir, &stored.records[i], &err);
    if (code < 0)
        (void)fprintf(stderr, "%s\n", err.text);
    return code < 0;
}

/* From disk and from memory alike, to the byte, in every format. */
static void test_same_from_disk(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run fresh = {.record_count = 0};
    AUTO(stored_run) struct stored_run loaded = {.record_count = 0};
    struct err err = ERR_INIT;
    made_up_mixed(&fresh);
    if (store_load(mixed_dir, &loaded, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(loaded.record_count, fresh.record_count);
    assert_int_equal(workload_cycles(&loaded.run.workloads[0]), 256);
    static const char *const formats[] = {"terminal", "markdown", "json"};
    for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
        AUTO_FREE char *from_memory = rendered_text(formats[i], &fresh, &text_style_plain);
        AUTO_FREE char *from_disk = rendered_text(formats[i], &loaded, &text_style_plain);
        assert_string_equal(from_disk, from_memory);
    }
}

/* A run of format 1 gives its figures; what its scenario calls things is not in it. */
static void test_format_1(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run loaded = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    struct err err = ERR_INIT;
    if (store_load(TEST_DATA_DIR "/runs/format-1", &loaded, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(workload_cycles(&loaded.run.workloads[0]), 256);
    assert_string_equal(loaded.run.pinning, "subjects on CPU 1, driver and load on CPU 0");
    result_build(&loaded, &result);
    const struct result_workload *workload = &result.workloads[0];
    assert_int_equal(workload->subject_count, 2);
    assert_string_equal(workload->subject_names[0], "peer");
    assert_string_equal(workload->subject_names[1], "proxy");
    assert_true(workload->rows[0].subjects[1].metric[METRIC_RSS_ANON_END].median > 0);
    AUTO_FREE char *text = rendered_text("terminal", &loaded, &text_style_plain);
    assert_non_null(strstr(text, "4 x 64 rounds = 256 cycles; 2 blocks"));
    assert_non_null(strstr(text, "In short"));
}

static void test_files_are_written(void **state)
{
    (void)state;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    AUTO(result) struct result result = {.workload_count = 0};
    struct err err = ERR_INIT;
    char dir[] = "/tmp/heapchurn-report-XXXXXX";
    assert_non_null(mkdtemp(dir));
    made_up_hostile(&stored);
    result_build(&stored, &result);
    assert_int_equal(report_write_all(&result, dir, &err), 0);
    for (size_t i = 0; exporters[i]; i++) {
        char path[256];
        if (!exporters[i]->stored)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", dir, exporters[i]->file);
        AUTO_FREE char *text = rendered_file(path);
        assert_non_null(text);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(dir), 0); /* and no temporary file is left */
    assert_true(report_write_all(&result, dir, &err) < 0);
    assert_non_null(strstr(err.text, dir));
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--record") == 0)
        return record_run();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_from_disk),
        cmocka_unit_test(test_format_1),
        cmocka_unit_test(test_files_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
