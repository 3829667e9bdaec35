/* What the cgroups of a process allow, in a tree made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "cleanup.h"
#include "path.h"
#include "spare_memory.h"

static char root[] = "/tmp/test_spare_memory.XXXXXX";

static void put(const char *folder, const char *text)
{
    AUTO_FREE char *inside = path_join(root, "%s", folder);
    AUTO_FREE char *path = path_join(inside, "memory.max");
    (void)mkdir(inside, 0700);
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
}

static void test_the_least_of_those_above(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(root));
    put("a", "5000000\n");
    put("a/b", "max\n");
    put("a/b/c", "7000000\n");
    assert_int_equal(spare_memory_limit("0::/a/b/c", root), 5000000);
    assert_int_equal(spare_memory_limit("0::/a/b", root), 5000000);
    put("a/b", "4000000\n");
    assert_int_equal(spare_memory_limit("0::/a/b/c", root), 4000000);
    assert_true(spare_memory_limit("0::/", root) == UINT64_MAX);
    assert_true(spare_memory_limit("0::/nowhere", root) == UINT64_MAX);
    assert_true(spare_memory_limit("4:memory:/a", root) == UINT64_MAX);
    put("", "3000000\n"); /* of a container, which sees its own as the root */
    assert_int_equal(spare_memory_limit("0::/", root), 3000000);
    AUTO_FREE char *clean = NULL;
    assert_true(asprintf(&clean, "rm -rf %s", root) > 0);
    assert_int_equal(system(clean), 0); /* NOLINT(cert-env33-c) */
    assert_true(spare_memory_bytes() > 0);
    assert_true(spare_address_bytes() > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_least_of_those_above)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
