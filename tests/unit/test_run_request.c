/*
 * run_request.c: what was typed becomes a run, or a sentence. The rows are those of this build: the
 * first available one is taken, whatever it is.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "folder.h"
#include "registry.h"
#include "run_request.h"

static char scratch[] = "/tmp/test_run_request.XXXXXX";
static char row_name[ALLOCATOR_ROW_NAME_MAX];

static const char *put(const char *name, const char *format, const char *word)
{
    static char path[4][128];
    static size_t turn;
    char *out = path[turn++ % ARRAY_LENGTH(path)];
    (void)snprintf(out, sizeof path[0], "%s/%s", scratch, name);
    AUTO_FCLOSE FILE *file = fopen(out, "we");
    assert_non_null(file);
    assert_true(fprintf(file, "%s%s\n", format, word) > 0);
    return out;
}

static int begin(void **state)
{
    (void)state;
    struct allocator_row row;
    for (size_t cursor = 0; allocator_row_next(&cursor, &row);)
        if (!row.entry->unavailable) {
            (void)allocator_row_name(&row, row_name, sizeof row_name);
            break;
        }
    (void)put("eight.yaml",
              "question: What is it?\nload: rounds\npeers: 2\ndrain: pollset\nrounds: 8", "");
    (void)put("three.yaml",
              "question: What is it?\nload: rounds\npeers: 2\ndrain: pollset\nrounds: 3", "");
    return setenv("HEAPCHURN_WORKLOAD_DIR", scratch, 1) || setenv("HEAPCHURN_ROW_DIR", scratch, 1);
}

static int resolve(const struct run_request *asked, struct run *out, struct err *err)
{
    char skipped[256];
    struct run_request request = *asked;
    request.command = "test";
    return run_request_resolve(&request, out, skipped, sizeof skipped, err);
}

static void names_become_a_run(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    const char *workloads[] = {"eight", "three"};
    const char *rows[] = {row_name, row_name};
    AUTO(run) struct run run = {.blocks = 0};
    const struct run_request request = {.workload_names = workloads,
                                        .workload_count = 2,
                                        .row_names = rows,
                                        .row_count = 2,
                                        .blocks = 5,
                                        .seed = 7,
                                        .sample_period_ns = 20000000,
                                        .no_aslr = true};
    assert_int_equal(resolve(&request, &run, &err), 0);
    assert_int_equal(run.workload_count, 2);
    assert_int_equal(run.row_count, 1); /* named twice, measured once */
    assert_string_equal(run.rows[0].name, row_name);
    assert_int_equal(run.workloads[0].rounds, 8);
    assert_int_equal(run.blocks, 5);
    assert_int_equal(run.seed, 7);
    assert_false(run.aslr);
    assert_string_equal(run.command, "test");
    assert_non_null(run.pinning);
    assert_non_null(run.started_utc);
}

static void quick_is_a_quarter_and_at_least_one_round(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    const char *workloads[] = {"eight", "three"};
    const char *rows[] = {row_name};
    AUTO(run) struct run run = {.blocks = 0};
    const struct run_request request = {.workload_names = workloads,
                                        .workload_count = 2,
                                        .row_names = rows,
                                        .row_count = 1,
                                        .quick = true};
    assert_int_equal(resolve(&request, &run, &err), 0);
    assert_int_equal(run.workloads[0].rounds, 2);
    assert_int_equal(run.workloads[1].rounds, 1);
}

static void a_row_file_is_a_row_of_its_own(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    const char *workloads[] = {"three"};
    const char *rows[] = {put("mine.yaml", "environment: A=1\nreason: mine\nbase: ", row_name)};
    AUTO(run) struct run run = {.blocks = 0};
    const struct run_request request = {
        .workload_names = workloads, .workload_count = 1, .row_names = rows, .row_count = 1};
    assert_int_equal(resolve(&request, &run, &err), 0);
    assert_string_equal(run.rows[0].name, "mine"); /* and not its path */
    assert_string_equal(run.rows[0].why, "mine");
    size_t last = 0;
    while (run.rows[0].environment[last + 1])
        last++;
    assert_string_equal(run.rows[0].environment[last], "A=1");
}

static void a_row_file_is_found_by_name(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    const char *workloads[] = {"three"};
    const char *path = put("named.yaml", "environment: A=1\nreason: mine\nbase: ", row_name);
    const char *rows[] = {"named", path, row_name};
    AUTO(run) struct run run = {.blocks = 0};
    const struct run_request request = {
        .workload_names = workloads, .workload_count = 1, .row_names = rows, .row_count = 3};
    if (resolve(&request, &run, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(run.row_count, 2); /* by name and by path it is one */
    assert_string_equal(run.rows[0].name, "named");
}

static void mistakes_are_sentences(void **state)
{
    (void)state;
    (void)put("named.yaml", "environment: A=1\nreason: mine\nbase: ", row_name);
    (void)put("other.yaml", "allocator: jemalloc\nlibrary: /x.so\nlabel: ", "9");
    const char *bad_base = put("bad.yaml", "environment: A=1\nreason: x\nbase: ", "no-such-row");
    const struct {
        const char *workloads[2];
        const char *rows[2];
        bool one_row;
        int code;
        const char *says;
    } cases[] = {
        {{"thre"}, {row_name}, false, -ENOENT, "three"},
        {{"three", "three"}, {row_name}, false, -EINVAL, "workload 'three' is named twice"},
        {{"three"}, {"no-such-row"}, false, -ENOENT, "no-such-row"},
        {{"three"}, {"namd"}, false, -ENOENT, "did you mean 'named'?"},
        {{"three"}, {"other"}, false, -EINVAL, "other.yaml is the row 'jemalloc@9'"},
        {{"three"}, {bad_base}, false, -ENOENT, "bad.yaml: base"},
        {{"three"}, {"/nonexistent/x.yaml"}, false, -ENOENT, "/nonexistent/x.yaml"},
        {{"three"},
         {row_name, put("two.yaml", "environment: A=1\nreason: x\nbase: ", row_name)},
         true,
         -EINVAL,
         "one row at a time"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct err err = ERR_INIT;
        AUTO(run) struct run run = {.blocks = 0};
        const struct run_request request = {
            .workload_names = cases[i].workloads,
            .workload_count = cases[i].workloads[1] ? 2 : 1,
            .row_names = cases[i].rows,
            .row_count = cases[i].rows[1] ? 2 : 1,
            .one_row = cases[i].one_row,
        };
        assert_int_equal(resolve(&request, &run, &err), cases[i].code);
        if (!strstr(err.text, cases[i].says))
            fail_msg("'%s' lacks '%s'", err.text, cases[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(names_become_a_run, begin),
        cmocka_unit_test_setup(quick_is_a_quarter_and_at_least_one_round, begin),
        cmocka_unit_test_setup(a_row_file_is_a_row_of_its_own, begin),
        cmocka_unit_test_setup(a_row_file_is_found_by_name, begin),
        cmocka_unit_test_setup(mistakes_are_sentences, begin),
    };
    if (!mkdtemp(scratch))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)folder_empty(scratch, NULL);
    (void)rmdir(scratch);
    return failed;
}
