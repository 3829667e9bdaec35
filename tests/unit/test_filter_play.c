/*
 * A seccomp filter played without being set says what the kernel would return: each step of the
 * machine, filters by number and by argument, and what is no filter.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "filter_play.h"

#define LOAD(field)       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IS(value, yes)    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, 0)
#define RETURN(verdict)   BPF_STMT(BPF_RET | BPF_K, verdict)
#define DO(what, operand) BPF_STMT(BPF_ALU | (what), operand)

/* What the program leaves in the accumulator goes to the caller as an errno, in a child. */
static uint32_t set_for_real(const struct sock_fprog *filter, const uint64_t arguments[6])
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter) < 0)
            _exit(99);
        (void)syscall(SYS_personality, arguments[0], arguments[1], arguments[2], arguments[3],
                      arguments[4], arguments[5]);
        _exit(errno);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return (uint32_t)WEXITSTATUS(status);
}

/* Each computes a number below 90 from the arguments 12, 5: as the kernel does. */
static const struct sock_filter machines[][8] = {
    {LOAD(args[0]), DO(BPF_ADD | BPF_K, 30), {0}},
    {LOAD(args[0]), DO(BPF_SUB | BPF_K, 5), {0}},
    {LOAD(args[0]), DO(BPF_MUL | BPF_K, 3), {0}},
    {LOAD(args[0]), DO(BPF_DIV | BPF_K, 5), {0}},
    {LOAD(args[0]), DO(BPF_AND | BPF_K, 6), {0}},
    {LOAD(args[0]), DO(BPF_OR | BPF_K, 3), {0}},
    {LOAD(args[0]), DO(BPF_XOR | BPF_K, 5), {0}},
    {LOAD(args[0]), DO(BPF_LSH | BPF_K, 2), {0}},
    {LOAD(args[0]), DO(BPF_RSH | BPF_K, 1), {0}},
    {LOAD(args[0]), DO(BPF_NEG, 0), DO(BPF_AND | BPF_K, 63), {0}},
    {LOAD(args[1]), BPF_STMT(BPF_MISC | BPF_TAX, 0), LOAD(args[0]), DO(BPF_ADD | BPF_X, 0), {0}},
    {LOAD(args[1]),
     BPF_STMT(BPF_ST, 3),
     LOAD(args[0]),
     BPF_STMT(BPF_LDX | BPF_MEM, 3),
     DO(BPF_LSH | BPF_X, 0),
     DO(BPF_RSH | BPF_K, 3),
     {0}},
    {BPF_STMT(BPF_LDX | BPF_IMM, 7), BPF_STMT(BPF_STX, 1), BPF_STMT(BPF_LD | BPF_MEM, 1), {0}},
    {BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), {0}},
    {BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), BPF_STMT(BPF_MISC | BPF_TXA, 0), {0}},
    {LOAD(args[0]), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 12, 1, 0), DO(BPF_ADD | BPF_K, 1), {0}},
    {LOAD(args[0]), BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 12, 1, 0), DO(BPF_ADD | BPF_K, 1), {0}},
    {LOAD(args[0]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 4, 1, 0), DO(BPF_ADD | BPF_K, 1), {0}},
    {LOAD(args[0]), BPF_STMT(BPF_JMP | BPF_JA, 1), DO(BPF_ADD | BPF_K, 1), {0}},
};

/* The machine as a filter: of one call that nobody makes its number, as an errno; all else passes.
 */
static void every_step_is_the_kernels(void **state)
{
    (void)state;
    const uint64_t arguments[6] = {12, 5};
    for (size_t i = 0; i < ARRAY_LENGTH(machines); i++) {
        struct sock_filter steps[16] = {LOAD(nr), IS(SYS_personality, 1),
                                        RETURN(SECCOMP_RET_ALLOW)};
        unsigned short count = 3;
        for (size_t j = 0; machines[i][j].code || machines[i][j].k; j++)
            steps[count++] = machines[i][j];
        steps[count++] = (struct sock_filter)DO(BPF_OR | BPF_K, SECCOMP_RET_ERRNO);
        steps[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
        struct sock_fprog filter = {.len = count, .filter = steps};
        uint32_t wanted = set_for_real(&filter, arguments);
        assert_int_not_equal(wanted, 99);
        assert_int_equal(filter_play(&filter, SYS_personality, arguments), SECCOMP_RET_ERRNO);
        /* The number itself is its data: compare it, below a verdict that has none. */
        steps[count - 2] = (struct sock_filter)IS(wanted, 1);
        steps[count - 1] = (struct sock_filter)RETURN(SECCOMP_RET_TRAP);
        steps[count++] = (struct sock_filter)RETURN(SECCOMP_RET_LOG);
        filter.len = count;
        assert_int_equal(filter_play(&filter, SYS_personality, arguments), SECCOMP_RET_LOG);
        assert_int_equal(filter_play(&filter, SYS_read, arguments), SECCOMP_RET_ALLOW);
    }
}

static void what_is_no_filter_forbids_nothing(void **state)
{
    (void)state;
    const uint64_t none[6] = {0};
    struct sock_filter far[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 1U << 30),
                                BPF_STMT(BPF_ST, 1U << 20), BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX)};
    assert_int_equal(filter_play(NULL, SYS_read, none), SECCOMP_RET_ALLOW);
    assert_int_equal(filter_play(&(struct sock_fprog){.len = 3}, SYS_read, none),
                     SECCOMP_RET_ALLOW);
    assert_int_equal(filter_play(&(struct sock_fprog){.len = 3, .filter = far}, SYS_read, none),
                     SECCOMP_RET_ALLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_is_the_kernels),
        cmocka_unit_test(what_is_no_filter_forbids_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
