/*
 * whole_file.c: the order in which a file comes to the disk, and what a full one leaves.
 */
#include <errno.h>
#include <fcntl.h>
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
#include "whole_file.h"

static char scratch[] = "/tmp/test_whole_file.XXXXXX";

/* What the module asked of the kernel, in order: "file rename folder". The linker puts these in
 * place of fsync() and rename(). */
static char asked[256];
static int sync_error;

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_fsync(int fd);

int __wrap_rename(const char *from, const char *to)
{
    (void)strncat(asked, "rename ", sizeof asked - strlen(asked) - 1);
    return __real_rename(from, to);
}

int __wrap_fsync(int fd)
{
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    const char *kind = S_ISDIR(status.st_mode) ? "folder " : "file ";
    (void)strncat(asked, kind, sizeof asked - strlen(asked) - 1);
    if (S_ISREG(status.st_mode))
        assert_true(status.st_size > 0);
    errno = sync_error;
    return sync_error ? -1 : 0;
}

static int write_word(FILE *file, void *context)
{
    (void)fputs(context, file);
    return 0;
}

static int refuse(FILE *file, void *context)
{
    (void)fputs(context, file);
    return -EPROTO;
}

static const char *path_of(const char *name)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", scratch, name);
    return path;
}

static const char *content(const char *name)
{
    static char text[64];
    AUTO_FCLOSE FILE *file = fopen(path_of(name), "re");
    text[file ? fread(text, 1, sizeof text - 1, file) : 0] = '\0';
    return text;
}

static int begin(void **state)
{
    (void)state;
    asked[0] = '\0';
    sync_error = 0;
    return folder_empty(scratch, NULL);
}

static void its_bytes_are_on_the_disk_before_its_name(void **state)
{
    (void)state;
    char word[] = "new";
    assert_int_equal(whole_file_write(path_of("x"), write_word, word, NULL), 0);
    assert_string_equal(asked, "file rename folder ");
    assert_string_equal(content("x"), "new");
    assert_int_equal(access(path_of("x.tmp"), F_OK), -1);
}

static void a_folder_is_synced_above_each_that_is_made(void **state)
{
    (void)state;
    assert_int_equal(folder_make(path_of("a/b"), NULL), 0);
    assert_string_equal(asked, "folder folder ");
    assert_int_equal(folder_make(path_of("a/b"), NULL), 0);
    assert_string_equal(asked, "folder folder ");
}

static void a_disk_that_fails_changes_nothing(void **state)
{
    (void)state;
    char old[] = "old", word[] = "new";
    struct err err = ERR_INIT;
    assert_int_equal(whole_file_write(path_of("x"), write_word, old, NULL), 0);
    sync_error = EIO;
    assert_int_equal(whole_file_write(path_of("x"), write_word, word, &err), -EIO);
    assert_non_null(strstr(err.text, "/x: cannot be written: Input/output error"));
    assert_string_equal(content("x"), "old");
    assert_int_equal(access(path_of("x.tmp"), F_OK), -1);
    sync_error = 0;
    assert_int_equal(whole_file_write(path_of("x"), refuse, word, NULL), -EPROTO);
    assert_string_equal(content("x"), "old");
}

static void a_file_system_that_cannot_sync_is_taken(void **state)
{
    (void)state;
    char word[] = "new";
    sync_error = EINVAL;
    assert_int_equal(whole_file_write(path_of("x"), write_word, word, NULL), 0);
    assert_string_equal(content("x"), "new");
}

static void a_full_disk_is_said_to_be_full(void **state)
{
    (void)state;
    char word[] = "new";
    struct err err = ERR_INIT;
    assert_int_equal(whole_file_write("/dev/full", write_word, word, &err), -ENOSPC);
    assert_string_equal(err.text, "/dev/full: cannot be written: No space left on device");
    assert_string_equal(asked, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(its_bytes_are_on_the_disk_before_its_name, begin),
        cmocka_unit_test_setup(a_folder_is_synced_above_each_that_is_made, begin),
        cmocka_unit_test_setup(a_disk_that_fails_changes_nothing, begin),
        cmocka_unit_test_setup(a_file_system_that_cannot_sync_is_taken, begin),
        cmocka_unit_test_setup(a_full_disk_is_said_to_be_full, begin),
    };
    if (!mkdtemp(scratch))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)folder_empty(scratch, NULL);
    (void)rmdir(scratch);
    return failed;
}
