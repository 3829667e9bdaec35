/* Both ends of the range of each key are taken, and what is one beyond them is not. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenarios.h"
#include "spec.h"
#include "spec_keys.h"

/* Does a file with this value of `key` break its range? What other keys say to it is not asked. */
static bool is_beyond(const struct field *key, int64_t value)
{
    char path[] = "/tmp/heapchurn-range-XXXXXX.yaml";
    char expected[256];
    struct err err = ERR_INIT;
    AUTO(workload) struct workload workload = {.path = NULL};
    int fd = mkstemps(path, 5);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    assert_non_null(file);
    (void)fprintf(file, "question: q\n%s: %" PRId64 "%s\n", key->key, value,
                  key->kind == FIELD_BYTES      ? " B"
                  : key->kind == FIELD_DURATION ? " ns"
                                                : "");
    assert_int_equal(fclose(file), 0);
    int code = spec_load_workload("/nowhere", path, scenario_loads(), &workload, &err);
    assert_int_equal(remove(path), 0);
    (void)field_expected(key, expected, sizeof expected);
    return code < 0 && strstr(err.text, expected);
}

static void test_ends(void **state)
{
    (void)state;
    size_t tested = 0;
    for (const struct field *key = spec_keys; key->name; key++) {
        bool number =
            key->kind == FIELD_COUNT || key->kind == FIELD_BYTES || key->kind == FIELD_DURATION;
        if (!number || !key->key || strchr(key->key, '.'))
            continue;
        print_message("%s\n", key->key);
        assert_false(is_beyond(key, key->least));
        assert_false(is_beyond(key, key->most));
        if (key->least > 0)
            assert_true(is_beyond(key, key->least - 1));
        if (key->most < INT64_MAX)
            assert_true(is_beyond(key, key->most + 1));
        tested++;
    }
    assert_true(tested > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
