/* Where programs can be recorded. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "recording.h"

static void test_pages(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    assert_int_equal(recording_check_page(4096, &err), 0);
    assert_int_equal(recording_check_page(65536, &err), -ENOTSUP);
    assert_non_null(strstr(err.text, "this kernel has pages of 64 KiB"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
