/*
 * The ledger before each allocator that is here, in a program whose library took blocks before
 * main: what it counts of them, and where it reports at the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "registry.h"

enum { POOL_BYTES = 72704 };

/* One line of its output. Returns its exit status. */
static int run(const char *library, const char *report, const char *how, char *out, size_t size)
{
    char command[8192];
    (void)snprintf(command, sizeof command, "LEDGER_PRINT=%s LD_PRELOAD=%s/libledger.so%s%s %s %s",
                   report, TEST_BIN_DIR, library ? ":" : "", library ? library : "", TEST_PROGRAM,
                   how);
    FILE *said = popen(command, "re");
    assert_non_null(said);
    if (!fgets(out, (int)size, said))
        out[0] = '\0';
    return pclose(said);
}

/* Of 100 blocks of 1000 bytes that stayed, and as many that went before. */
static void blocks_of_constructors_count(void **state)
{
    (void)state;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        char line[128];
        long long live = 0, fell = 0, expected = 0;
        if (entry->unavailable || entry->allocator->no_ledger)
            continue;
        assert_int_equal(run(entry->library, "", "", line, sizeof line), 0);
        assert_int_equal(sscanf(line, "%lld %lld %lld", &live, &fell, &expected), 3);
        print_message("%s: %lld live, %lld of %lld went\n", entry->allocator->name, live, fell,
                      expected);
        assert_int_equal(fell, expected);
        /* What stays is nothing, or libstdc++'s, which the allocator brought. */
        assert_true(live == fell || (live - fell >= POOL_BYTES && live - fell < 2 * POOL_BYTES));
    }
}

/* The program closes stderr; who calls _exit(2) says nothing. */
static void a_report_has_a_file_of_its_own(void **state)
{
    (void)state;
    char path[] = "/tmp/test_ledger_early-XXXXXX";
    char line[256];
    char text[1024] = "";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(run(NULL, path, "_exit", line, sizeof line), 0);
    assert_int_equal(read(fd, text, sizeof text - 1), 0);
    assert_int_equal(run(NULL, path, "", line, sizeof line), 0);
    assert_int_equal(run(NULL, path, "", line, sizeof line), 0);
    assert_true(read(fd, text, sizeof text - 1) > 0);
    const char *first = strstr(text, "ledger: ");
    assert_non_null(first);
    assert_non_null(strstr(first, "early_program\n"));
    assert_non_null(strstr(first + 1, "ledger: "));
    assert_int_equal(unlink(path), 0);
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_of_constructors_count),
        cmocka_unit_test(a_report_has_a_file_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
