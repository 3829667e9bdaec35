/* Huge pages of single processes: what is refused, and with which sentence. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "huge_pages.h"

static void what_the_machine_has_not_cannot_be_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *mode;
        int code;
        const char *says;
    } cases[] = {
        {"always", 0, ""},
        {"madvise", 0, ""},
        {"never", -ENOTSUP, "no transparent huge pages (never)"},
        {"", -ENOTSUP, "its kernel knows none"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct err err = ERR_INIT;
        assert_int_equal(huge_pages_check(HUGE_PAGES_ASKED, cases[i].mode, &err), cases[i].code);
        if (!strstr(err.text, cases[i].says))
            fail_msg("'%s' lacks '%s'", err.text, cases[i].says);
        assert_int_equal(huge_pages_check(HUGE_PAGES_AS_FOUND, cases[i].mode, &err), 0);
    }
}

static void the_driver_keeps_its_own(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    int before = prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0);
    int code = huge_pages_check(HUGE_PAGES_OFF, "madvise", &err);
    assert_true(code == 0 || code == -ENOTSUP); /* a container may forbid it: said below */
    assert_int_equal(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), before);
}

/* As a container does: prctl(PR_SET_THP_DISABLE) answers EPERM. */
static int forbid(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_THP_DISABLE, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = ARRAY_LENGTH(filter), .filter = filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
               ? -1
               : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void where_it_is_forbidden_a_sentence_says_so(void **state)
{
    (void)state;
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct err err = ERR_INIT;
        if (forbid() < 0)
            _exit(77);
        int code = huge_pages_check(HUGE_PAGES_OFF, "madvise", &err);
        _exit(code == -ENOTSUP && strstr(err.text, "a container may forbid it") ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(status, 0);
}

static void of_who_has_ended_nothing_is_told(void **state)
{
    (void)state;
    siginfo_t info;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(0);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(huge_pages_told(pid), -1);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(huge_pages_told(pid), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_machine_has_not_cannot_be_asked_for),
        cmocka_unit_test(the_driver_keeps_its_own),
        cmocka_unit_test(of_who_has_ended_nothing_is_told),
        cmocka_unit_test(where_it_is_forbidden_a_sentence_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
