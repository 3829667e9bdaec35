/*
 * process.c: a process is a resource: exact environment, pinned, its failure to start named by
 * step, no descriptor and no child left behind.
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "command_output.h"
#include "process.h"

static const int64_t deadline_ns = 10LL * CLOCK_NS_PER_S;

static char log_path[] = "/tmp/test_process.XXXXXX";

static int open_descriptors(void)
{
    int count = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    (void)closedir(dir);
    return count;
}

static void start_shell(struct process *process, char *script, int cpu, struct err *err)
{
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, script, NULL};
    char *environment[] = {(char[]){"ONLY=this"}, NULL};
    struct process_spec spec = {.path = "/bin/sh",
                                .argv = argv,
                                .environment = environment,
                                .log_path = log_path,
                                .cpu = cpu};
    assert_int_equal(process_start(process, &spec, err), 0);
}

static void wait_for_end(struct process *process)
{
    assert_int_equal(process_await(process, clock_now_ns() + deadline_ns, -1), 0);
}

static const char *log_text(void)
{
    static char text[4096];
    AUTO_FCLOSE FILE *file = fopen(log_path, "re");
    text[file ? fread(text, 1, sizeof text - 1, file) : 0] = '\0';
    assert_int_equal(truncate(log_path, 0), 0);
    return text;
}

static void test_status_and_environment(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(process) struct process process = PROCESS_INIT;
    start_shell(&process, (char[]){"env; exit 5"}, -1, &err);
    wait_for_end(&process);
    assert_true(WIFEXITED(process.wait_status));
    assert_int_equal(WEXITSTATUS(process.wait_status), 5);
    const char *text = log_text();
    assert_non_null(strstr(text, "ONLY=this\n"));
    assert_non_null(strstr(text, "HEAPCHURN_CONTROL_FD="));
    assert_null(strstr(text, "HOME="));
}

static void test_pinning(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    cpu_set_t allowed;
    int cpu = 0;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    while (!CPU_ISSET((unsigned)cpu, &allowed))
        cpu++;
    AUTO(process) struct process process = PROCESS_INIT;
    start_shell(&process, (char[]){"grep Cpus_allowed_list /proc/self/status"}, cpu, &err);
    wait_for_end(&process);
    int got = -1;
    assert_int_equal(sscanf(log_text(), "Cpus_allowed_list: %d", &got), 1);
    assert_int_equal(got, cpu);
}

static void test_missing_program_names_the_step(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct process process = PROCESS_INIT;
    char *argv[] = {(char[]){"x"}, NULL};
    struct process_spec spec = {.path = "/nonexistent/x",
                                .argv = argv,
                                .environment = argv + 1,
                                .log_path = log_path,
                                .cpu = -1};
    int before = open_descriptors();
    assert_int_equal(process_start(&process, &spec, &err), -ENOENT);
    assert_string_equal(err.text,
                        "/nonexistent/x: cannot be started (exec): No such file or directory");
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* This program is no subreaper: a grandchild that lost its parent is not its own to end. */
static void test_release_kills_the_group(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    int grandchild = 0;
    int status = 0;
    int before = open_descriptors();
    struct process process = PROCESS_INIT;
    start_shell(&process, (char[]){"trap '' TERM; sleep 1000 & echo $!; kill -STOP $$"}, -1, &err);
    assert_int_equal(waitpid(process.pid, &status, WUNTRACED), process.pid);
    assert_true(WIFSTOPPED(status));
    assert_int_equal(sscanf(log_text(), "%d", &grandchild), 1);
    int pidfd = (int)syscall(SYS_pidfd_open, grandchild, 0);
    assert_true(pidfd >= 0);
    pid_t pid = process.pid;
    process_release(&process);
    process_release(&process);
    assert_int_equal(kill(pid, 0), -1);
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    bool ended = poll(&end, 1, 10000) == 1;
    (void)kill(grandchild, SIGKILL);
    (void)close(pidfd);
    assert_true(ended);
    assert_int_equal(open_descriptors(), before);
}

static bool exists(pid_t pid)
{
    return kill(pid, 0) == 0;
}

/* What had been in the group is ended before the number of the leader is anybody else's. */
static void test_ended_leader_keeps_its_number(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    int grandchild = 0;
    struct process process = PROCESS_INIT;
    start_shell(&process, (char[]){"sleep 1000 & echo $!; kill -9 $$"}, -1, &err);
    wait_for_end(&process);
    assert_int_equal(process.wait_status, SIGKILL);
    assert_int_equal(sscanf(log_text(), "%d", &grandchild), 1);
    assert_true(exists(process.pid));
    assert_true(exists(grandchild));
    int pidfd = (int)syscall(SYS_pidfd_open, grandchild, 0);
    pid_t pid = process.pid;
    process_release(&process);
    assert_false(exists(pid));
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    assert_int_equal(poll(&end, 1, 10000), 1);
    (void)close(pidfd);
}

static void test_waits_end(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct control_line line;
    int interrupt[2];
    assert_int_equal(pipe(interrupt), 0);
    AUTO(process) struct process process = PROCESS_INIT;
    start_shell(&process, (char[]){"sleep 1000"}, -1, &err);
    int64_t soon_ns = clock_now_ns() + CLOCK_NS_PER_MS;
    assert_int_equal(process_await(&process, soon_ns, interrupt[0]), -ETIMEDOUT);
    assert_int_equal(process_hear(&process, &line, soon_ns, interrupt[0]), -ETIMEDOUT);
    assert_int_equal(write(interrupt[1], "x", 1), 1);
    int64_t late_ns = clock_now_ns() + deadline_ns;
    assert_int_equal(process_await(&process, late_ns, interrupt[0]), -EINTR);
    assert_int_equal(process_hear(&process, &line, late_ns, interrupt[0]), -EINTR);
    assert_false(process.ended);
    process_kill(&process);
    /* Its channel is closed before its end can be seen. */
    assert_int_equal(process_hear(&process, &line, late_ns, -1), -EPIPE);
    assert_int_equal(process_await(&process, late_ns, -1), 0);
    assert_true(process.ended);
    (void)close(interrupt[0]);
    (void)close(interrupt[1]);
}

/* Whatever the number of descriptors that are left, a start works or says why, and leaves nothing.
 */
static void test_without_descriptors(void **state)
{
    (void)state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    int used = open_descriptors();
    char *argv[] = {(char[]){"true"}, NULL};
    struct process_spec spec = {.path = "/bin/true",
                                .argv = argv,
                                .environment = argv + 1,
                                .log_path = log_path,
                                .cpu = -1};
    int failed = 0;
    bool started = false;
    for (rlim_t more = 0; more < 16 && !started; more++) {
        struct err err = ERR_INIT;
        struct rlimit few = {.rlim_cur = 3 + more, .rlim_max = before.rlim_max};
        struct process process = PROCESS_INIT;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        int code = process_start(&process, &spec, &err);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        started = code == 0;
        failed += code == -EMFILE && strstr(err.text, "Too many open files");
        assert_true(started || (size_t)failed == more + 1);
        process_release(&process);
        assert_int_equal(open_descriptors(), used);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    }
    assert_true(started);
    assert_true(failed > 3);
}

static void test_command_output(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO_FREE char *text = NULL;
    AUTO_FREE char *cut = NULL;
    int64_t late_ns = clock_now_ns() + deadline_ns;
    const char *const sort[] = {"sort", "-r", NULL};
    assert_int_equal(command_output(sort, "a\nb\n", late_ns, -1, &text, &err), 0);
    assert_string_equal(text, "b\na\n");
    const char *const fails[] = {"sh", "-c", "echo half; echo 'no such heap' >&2; exit 2", NULL};
    assert_int_equal(command_output(fails, NULL, late_ns, -1, &cut, &err), -EIO);
    assert_string_equal(err.text, "sh failed: no such heap");
    assert_string_equal(cut, "half\n");
    const char *const hangs[] = {"sh", "-c", "sleep 1000 & wait", NULL};
    assert_int_equal(command_output(hangs, NULL, clock_now_ns(), -1, &text, &err), -ETIMEDOUT);
    assert_string_equal(err.text, "sh did not end in time; killed");
    const char *const endless[] = {"yes", NULL};
    assert_int_equal(command_output(endless, NULL, late_ns, -1, &text, &err), -EFBIG);
    assert_string_equal(err.text, "yes printed more than 64 MiB; ended");
    const char *const none[] = {"no-such-program", NULL};
    assert_int_equal(command_output(none, NULL, late_ns, -1, &text, &err), -ENOENT);
    assert_true(command_exists("sh"));
    assert_false(command_exists("no-such-program"));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void test_descriptions(void **state)
{
    (void)state;
    char text[64];
    assert_string_equal(process_describe_end(7 << 8, text, sizeof text), "exit status 7");
    assert_string_equal(process_describe_end(9, text, sizeof text), "killed by signal 9 (Killed)");
}

int main(void)
{
    int fd = mkstemp(log_path);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status_and_environment),
        cmocka_unit_test(test_pinning),
        cmocka_unit_test(test_missing_program_names_the_step),
        cmocka_unit_test(test_release_kills_the_group),
        cmocka_unit_test(test_ended_leader_keeps_its_number),
        cmocka_unit_test(test_waits_end),
        cmocka_unit_test(test_without_descriptors),
        cmocka_unit_test(test_command_output),
        cmocka_unit_test(test_descriptions),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)close(fd);
    (void)unlink(log_path);
    return failed;
}
