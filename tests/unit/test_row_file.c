/* A row of one's own from a YAML file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "row_file.h"

static void write_file(const char *folder, const char *name, const char *text, char *out_path,
                       size_t size)
{
    (void)snprintf(out_path, size, "%s/%s", folder, name);
    AUTO_FCLOSE FILE *out = fopen(out_path, "we");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
}

static int load(const char *name, const char *text, struct row_file *row, struct err *err)
{
    char folder[] = "/tmp/heapchurn-row-XXXXXX";
    char path[256];
    assert_non_null(mkdtemp(folder));
    write_file(folder, name, text, path, sizeof path);
    int code = row_file_load(path, row, err);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    return code;
}

static void a_row_has_a_base_variables_and_a_reason(void **state)
{
    (void)state;
    AUTO(row_file) struct row_file row = {.base = NULL};
    assert_int_equal(load("jemalloc+two.yaml",
                          "base: jemalloc\nenvironment: MALLOC_CONF=narenas:2,tcache:false B=1\n"
                          "reason: few arenas\n",
                          &row, NULL),
                     0);
    assert_string_equal(row.name, "jemalloc+two");
    assert_string_equal(row.base, "jemalloc");
    assert_string_equal(row.reason, "few arenas");
    assert_null(row.defaults);
    assert_string_equal(row.environment[0], "MALLOC_CONF=narenas:2,tcache:false");
    assert_string_equal(row.environment[1], "B=1");
    assert_null(row.environment[2]);
}

static void variables_may_stand_in_a_list(void **state)
{
    (void)state;
    AUTO(row_file) struct row_file row = {.base = NULL};
    assert_int_equal(
        load("a.yaml", "base: x\nreason: y\nenvironment:\n  - A=1 and 2\n  - B=\n", &row, NULL), 0);
    assert_string_equal(row.environment[0], "A=1 and 2");
    assert_string_equal(row.environment[1], "B=");
    assert_null(row.environment[2]);
}

static void a_library_makes_a_row_of_a_version(void **state)
{
    (void)state;
    AUTO(row_file) struct row_file row = {.base = NULL};
    struct err err = ERR_INIT;
    if (load("any.yaml", "allocator: jemalloc\nlibrary: /opt/l.so\nlabel: 5.3.1\n", &row, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(row.name, "jemalloc@5.3.1");
    assert_string_equal(row.base, "jemalloc");
    assert_string_equal(row.library, "/opt/l.so");
    assert_null(row.reason);
}

static void a_library_may_stand_under_a_row_with_tunables(void **state)
{
    (void)state;
    AUTO(row_file) struct row_file row = {.base = NULL};
    assert_int_equal(load("any.yaml",
                          "base: mimalloc+nothp\nlibrary: lib/l.so\nlabel: 3.6~1\n"
                          "environment: A=1\nreason: y\n",
                          &row, NULL),
                     0);
    assert_string_equal(row.name, "mimalloc@3.6~1+nothp");
    assert_string_equal(row.base, "mimalloc+nothp");
    assert_int_equal(row.library[0], '/'); /* from where the file is */
    assert_non_null(strstr(row.library, "/heapchurn-row-"));
    assert_non_null(strstr(row.library, "/lib/l.so"));
}

static void the_example_loads(void **state)
{
    (void)state;
    AUTO(row_file) struct row_file row = {.base = NULL};
    struct err err = ERR_INIT;
    if (row_file_load(TEST_SOURCE_DIR "/rows/jemalloc+arena1.yaml", &row, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(row.name, "jemalloc+arena1");
}

static const struct {
    const char *name, *text, *says;
} broken[] = {
    {"a.yaml", "", ":1:1: the file says nothing"},
    {"a.yaml", "base: x\nreason: y\n", "environment: is missing"},
    {"a.yaml", "environment: A=1\nreason: y\n", "base: is missing"},
    {"a.yaml", "base: x\nenvironment: A=1\n", "reason: is missing"},
    {"a.yaml", "base: x\nenvironment: A=1\nreson: y\n", ":3:1: unknown key 'reson'"},
    {"a.yaml", "base: x\nenvironment: A\nreason: y\n", ":2:14: environment: 'A' is no KEY=value"},
    {"a.yaml", "base: x\nenvironment: 1A=1\nreason: y\n", "is no KEY=value"},
    {"a.yaml", "base: x\nenvironment: HEAPCHURN_TOOL=x\nreason: y\n", "cannot be set"},
    {"a.yaml", "base: x\nenvironment: {A: 1}\nreason: y\n",
     ":2:14: environment: a list or mapping is given"},
    {"a.yaml", "base: x\nreason: y\nenvironment:\n  - A=1\n  - B\n",
     ":5:5: environment: 'B' is no KEY=value"},
    {"a.yaml", "base: x\nreason: y\nenvironment: [A=1, [B=1]]\n",
     ":3:20: environment: expected one"},
    {"a.yaml", "base: x\nreason: y\nenvironment: []\n", ":3:14: environment: no variable is given"},
    {"a.yaml", "base: [\n", "not YAML"},
    {"a.yaml", "allocator: x\nlabel: y\n", "library: is missing"},
    {"a.yaml", "allocator: x\nlibrary: /y\n", "label: is missing"},
    {"a.yaml", "allocator: x\nbase: x\nlibrary: /y\nlabel: z\n", "base: stands beside 'allocator'"},
    {"a.yaml", "base: x\nlabel: z\nenvironment: A=1\nreason: y\n", ":2:8: label: names a library"},
    {"a.yaml", "allocator: x\nlibrary: /y\nlabel: 1+2\n", ":3:8: label: '1+2' is given"},
    {"a.yaml", "allocator: x\nlibrary: /y\nlabel: 1@2\n", "label: '1@2' is given"},
    {"a.yaml", "allocator: x\nlibrary: /y\nlabel: 0123456789012345678901234567890123\n",
     "at most 31"},
    {"a b.yaml", "base: x\nenvironment: A=1\nreason: y\n", "the name of a row file has"},
};

static void mistakes_are_named_with_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
        AUTO(row_file) struct row_file row = {.base = NULL};
        struct err err = ERR_INIT;
        assert_int_equal(load(broken[i].name, broken[i].text, &row, &err), -EINVAL);
        if (!strstr(err.text, broken[i].says))
            fail_msg("'%s' lacks '%s'", err.text, broken[i].says);
        assert_null(row.base);
    }
    AUTO(row_file) struct row_file row = {.base = NULL};
    assert_int_equal(row_file_load("/nonexistent/a.yaml", &row, NULL), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_has_a_base_variables_and_a_reason),
        cmocka_unit_test(variables_may_stand_in_a_list),
        cmocka_unit_test(a_library_makes_a_row_of_a_version),
        cmocka_unit_test(a_library_may_stand_under_a_row_with_tunables),
        cmocka_unit_test(the_example_loads),
        cmocka_unit_test(mistakes_are_named_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
