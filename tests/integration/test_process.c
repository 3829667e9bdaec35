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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "process.h"

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
    struct pollfd end = {.fd = process->pidfd, .events = POLLIN};
    assert_int_equal(poll(&end, 1, 10000), 1);
    assert_int_equal(process_reap(process), 0);
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
        cmocka_unit_test(test_descriptions),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)close(fd);
    (void)unlink(log_path);
    return failed;
}
