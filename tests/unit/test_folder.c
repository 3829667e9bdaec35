/* Folders whose names are patterns, and environments. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "folder.h"
#include "path.h"

static char scratch[64];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(scratch, sizeof scratch, "/tmp/test_folder[x]-XXXXXX");
    return mkdtemp(scratch) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    return folder_empty(scratch, NULL) < 0 ? -1 : rmdir(scratch);
}

static const char *in_scratch(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", scratch, name);
    return path;
}

static void touch(const char *name)
{
    FILE *file = fopen(in_scratch(name), "we");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static void files_come_in_order_of_their_numbers(void **state)
{
    (void)state;
    static const char *const names[] = {"je.9.10.f.heap", "je.9.2.m2.heap", "je.9.2.heap.txt",
                                        ".je.9.1.heap", "je.9.0.m0.heap"};
    static const char *const expected[] = {"je.9.0.m0.heap", "je.9.2.m2.heap", "je.9.10.f.heap"};
    AUTO(folder_files) struct folder_files files = {.count = 0};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        touch(names[i]);
    assert_int_equal(folder_match(scratch, "*.heap", &files, NULL), 0);
    assert_int_equal(files.count, ARRAY_LENGTH(expected));
    for (size_t i = 0; i < files.count; i++)
        assert_string_equal(files.paths[i], in_scratch(expected[i]));
}

static void nothing_is_no_error_but_no_folder_is(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(folder_files) struct folder_files files = {.count = 7};
    assert_int_equal(folder_match(in_scratch("none"), "*", &files, &err), -ENOENT);
    assert_non_null(strstr(err.text, "none: cannot be read"));
    assert_int_equal(files.count, 7);
    assert_int_equal(folder_match(scratch, "x*", &files, &err), 0);
    assert_int_equal(files.count, 0);
}

/* A link is removed, and not what it leads to. */
static void all_in_a_folder_goes_and_nothing_else(void **state)
{
    (void)state;
    AUTO(folder_files) struct folder_files files = {.count = 0};
    assert_int_equal(mkdir(in_scratch("kept"), 0700), 0);
    touch("kept/file");
    assert_int_equal(mkdir(in_scratch("full"), 0700), 0);
    assert_int_equal(mkdir(in_scratch("full/below"), 0700), 0);
    touch("full/below/file");
    assert_int_equal(symlink("../kept", in_scratch("full/link")), 0);
    assert_int_equal(folder_empty(in_scratch("full"), NULL), 0);
    assert_int_equal(folder_match(in_scratch("full"), "*", &files, NULL), 0);
    assert_int_equal(files.count, 0);
    assert_int_equal(access(in_scratch("kept/file"), F_OK), 0);
    assert_int_equal(folder_empty(in_scratch("none"), NULL), -ENOENT);
}

/* What is there under the name and no folder is said, before anything is looked for in it. */
static void a_file_is_no_folder(void **state)
{
    (void)state;
    char path[256], absolute[PATH_MAX];
    struct err err = ERR_INIT;
    (void)snprintf(path, sizeof path, "%s/x", scratch);
    assert_int_equal(symlink("nowhere", path), 0);
    assert_int_equal(folder_make_absolute(path, absolute, &err), -ENOENT);
    assert_non_null(strstr(err.text, "/x: is no folder: No such file or directory"));
    assert_int_equal(unlink(path), 0);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(folder_make_absolute(path, absolute, &err), -ENOTDIR);
    assert_non_null(strstr(err.text, "/x: is a file, and no folder; choose another with -o"));
}

static void a_long_path_is_not_cut(void **state)
{
    (void)state;
    char folder[6000];
    memset(folder, 'x', sizeof folder - 1);
    folder[sizeof folder - 1] = '\0';
    AUTO_FREE char *path = path_join(folder, "%s-%d", "row", 7);
    assert_int_equal(strlen(path), sizeof folder - 1 + strlen("/row-7"));
    assert_string_equal(path + sizeof folder - 1, "/row-7");
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(errno, ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_come_in_order_of_their_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_no_error_but_no_folder_is, setup, teardown),
        cmocka_unit_test_setup_teardown(all_in_a_folder_goes_and_nothing_else, setup, teardown),
        cmocka_unit_test(a_long_path_is_not_cut),
        cmocka_unit_test_setup_teardown(a_file_is_no_folder, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
