/*
 * lock.c: a folder has one writer, and whoever comes second is told who that is.
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

#include "lock.h"

static char dir[] = "/tmp/test_lock.XXXXXX";

static void the_second_is_told_who_writes(void **state)
{
    (void)state;
    char who[64];
    struct err err = ERR_INIT;
    struct store_lock first = STORE_LOCK_INIT, second = STORE_LOCK_INIT;
    assert_int_equal(store_lock(dir, &first, &err), 0);
    assert_int_equal(store_lock(dir, &second, &err), -EBUSY);
    (void)snprintf(who, sizeof who, "is being written by process %d (", (int)getpid());
    assert_non_null(strstr(err.text, who));
    assert_non_null(strstr(err.text, "test_lock); wait until it has ended"));
    assert_int_equal(second.fd, -1);
    store_unlock(&first);
    assert_int_equal(store_lock(dir, &second, &err), 0);
    store_unlock(&second);
    store_unlock(&second);
}

static void a_folder_that_is_not_there_is_not_made(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct store_lock lock = STORE_LOCK_INIT;
    assert_int_equal(store_lock("/nonexistent/run", &lock, &err), -ENOENT);
    assert_non_null(strstr(err.text, "/nonexistent/run: no run is stored there"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_is_told_who_writes),
        cmocka_unit_test(a_folder_that_is_not_there_is_not_made),
    };
    if (!mkdtemp(dir))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)rmdir(dir);
    return failed;
}
