/* A command and what it forked write into one log of valgrind's: whose lines are whose. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cleanup.h"
#include "read.h"

static void test_processes(void **state)
{
    (void)state;
    static const char log[] =
        "==7== Command: ./service\n"
        "==12==   total heap usage: 80 allocs, 0 frees, 5,242,880 bytes allocated\n"
        "==7==   total heap usage: 1,001 allocs, 0 frees, 0 bytes allocated\n"
        "==12== 5,242,880 bytes in 80 blocks are definitely lost in loss record 1 of 2\n"
        "==7== All heap blocks were freed -- no leaks are possible\n"
        "==12== 40 bytes in 1 blocks are still reachable in loss record 2 of 2\n"
        "==12== LEAK SUMMARY:\n"
        "==9== Command: cut\n=";
    AUTO(stacks) struct stacks stacks = {.count = 0};
    AUTO_FREE char *first = valgrind_part(log, 7);
    AUTO_FREE char *forked = valgrind_part(log, 12);
    AUTO_FREE char *cut = valgrind_part(log, 9);
    assert_int_equal(valgrind_process(log, 0), 7);
    assert_int_equal(valgrind_process(log, 7), 9);
    assert_int_equal(valgrind_process(log, 9), 12);
    assert_int_equal(valgrind_process(log, 12), 0);
    assert_int_equal(valgrind_allocations(log), 1081);
    assert_int_equal(valgrind_allocations(cut), AMOUNT_NA);
    assert_int_equal(read_memcheck(first, MOMENT_LOST, &stacks, NULL), 0);
    assert_int_equal(stacks.count, 0);
    assert_int_equal(read_memcheck(forked, MOMENT_LOST, &stacks, NULL), 0);
    assert_int_equal(stacks.count, 2);
    assert_false(stacks.list[0].reachable);
    assert_true(stacks.list[1].reachable);
    assert_int_equal(read_memcheck(cut, MOMENT_LOST, &stacks, NULL), -EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
