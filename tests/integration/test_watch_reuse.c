/*
 * A process ends and the kernel gives its number to another one, which is never to be taken for it.
 * clone3(2) takes the number of a child from us where we have the say over a PID namespace, so the
 * tests run in one of their own.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "assert_between.h"
#include "mappings.h"
#include "watch_target.h"

enum { MIB = 1 << 20, STRANGER_MIB = 64, SKIPPED = 77 };

/* A child that holds so much memory and waits. `number` 0: any; else the one it has to have. */
static pid_t start(pid_t number, const char *name, size_t bytes)
{
    int ready[2];
    char word = '\0';
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    struct clone_args args = {.exit_signal = SIGCHLD,
                              .set_tid = number > 0 ? (uintptr_t)&number : 0,
                              .set_tid_size = number > 0};
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0) {
        (void)prctl(PR_SET_NAME, name);
        if (bytes)
            (void)mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (write(ready[1], "r", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    assert_true(pid > 0);
    if (number > 0)
        assert_int_equal(pid, number);
    assert_int_equal(read(ready[0], &word, 1), 1);
    (void)close(ready[0]);
    (void)close(ready[1]);
    return pid;
}

static void end(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void replace(pid_t pid)
{
    end(pid);
    (void)start(pid, "stranger", STRANGER_MIB * (size_t)MIB);
}

/* The moment between the two descriptors of a target: to_replace is exchanged in it. */
static pid_t to_replace;
int __real_procfs_open(pid_t pid, struct procfs *out, struct err *err);
int __wrap_procfs_open(pid_t pid, struct procfs *out, struct err *err);

int __wrap_procfs_open(pid_t pid, struct procfs *out, struct err *err)
{
    if (to_replace)
        replace(to_replace);
    to_replace = 0;
    return __real_procfs_open(pid, out, err);
}

/* At once: within one tick of the kernel's start times. */
static void test_between_two_looks(void **state)
{
    (void)state;
    AUTO(watch_target) struct watch_target target = WATCH_TARGET_INIT;
    AUTO(mappings) struct mappings mappings = {.count = 0};
    struct watch_reading reading = {.rss_bytes = 0};
    char how[256];
    pid_t pid = start(0, "watched", 0);
    assert_int_equal(watch_target_open(pid, &target, NULL), 0);
    assert_int_equal(watch_target_read(&target, &reading), 0);
    assert_true(reading.rss_bytes < STRANGER_MIB * MIB);
    replace(pid);
    assert_int_equal(watch_target_read(&target, &reading), -ESRCH);
    assert_true(mappings_read(target.procfs.dir_fd, &mappings, NULL) < 0);
    assert_int_equal(mappings.count, 0);
    assert_string_equal(watch_target_end(&target, how, sizeof how),
                        "has ended; its number belongs to another process now: stranger");
    end(pid);
    assert_string_equal(watch_target_end(&target, how, sizeof how), "has ended");
}

static void test_between_two_descriptors(void **state)
{
    (void)state;
    AUTO(watch_target) struct watch_target target = WATCH_TARGET_INIT;
    struct err err = ERR_INIT;
    pid_t pid = start(0, "watched", 0);
    to_replace = pid;
    assert_int_equal(watch_target_open(pid, &target, &err), -ESRCH);
    assert_non_null(strstr(err.text, "has just ended"));
    assert_int_equal(target.pidfd, -1);
    end(pid);
}

static FILE *start_watcher(pid_t pid, const char *csv, pid_t *out_watcher)
{
    char number[16];
    int lines[2];
    assert_int_equal(pipe2(lines, O_CLOEXEC), 0);
    (void)snprintf(number, sizeof number, "%d", (int)pid);
    *out_watcher = fork();
    if (*out_watcher == 0) {
        (void)dup2(lines[1], STDOUT_FILENO);
        (void)execl(TEST_BIN_DIR "/heapchurn", "heapchurn", "watch", number, "--every", "10ms",
                    "--smaps", "-o", csv, NULL);
        _exit(127);
    }
    (void)close(lines[1]);
    return fdopen(lines[0], "r");
}

/* The largest RSS in the CSV, and how many looks it has. */
static int64_t largest_rss(const char *csv, int *out_looks)
{
    AUTO_FCLOSE FILE *file = fopen(csv, "re");
    char line[256];
    long long largest = 0;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file)); /* headings */
    for (*out_looks = 0; fgets(line, sizeof line, file); ++*out_looks) {
        long long rss = 0;
        assert_int_equal(sscanf(line, "%*d,%*f,%lld", &rss), 1);
        largest = rss > largest ? rss : largest;
    }
    return largest;
}

/* The watcher is stopped while its process is exchanged: to it, that is between two looks. */
static void test_command(void **state)
{
    (void)state;
    char csv[] = "/tmp/watch-reuse-XXXXXX";
    char line[512];
    bool told = false;
    int looks = 0;
    int status = 0;
    pid_t watcher = 0;
    int file = mkstemp(csv);
    assert_true(file >= 0);
    (void)close(file);
    pid_t pid = start(0, "watched", 0);
    AUTO_FCLOSE FILE *lines = start_watcher(pid, csv, &watcher);
    assert_non_null(lines);
    do
        assert_non_null(fgets(line, sizeof line, lines));
    while (!strstr(line, "resident:"));
    assert_int_equal(kill(watcher, SIGSTOP), 0);
    assert_int_equal(waitpid(watcher, &status, WUNTRACED), watcher);
    assert_true(WIFSTOPPED(status));
    replace(pid);
    assert_int_equal(kill(watcher, SIGCONT), 0);
    while (fgets(line, sizeof line, lines))
        told = told || strstr(line, "(watched) has ended; its number belongs to another process "
                                    "now: stranger; ");
    assert_int_equal(waitpid(watcher, &status, 0), watcher);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_true(told);
    assert_between(largest_rss(csv, &looks), 1, STRANGER_MIB / 2 * MIB);
    assert_true(looks > 0);
    (void)unlink(csv);
    end(pid);
}

static bool put(const char *path, const char *text)
{
    AUTO_CLOSE int file = open(path, O_WRONLY | O_CLOEXEC);
    return file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);
}

/* Namespaces of our own for what is forked next. False with errno where the kernel forbids it. */
static bool enter_namespaces(void)
{
    char users[64];
    char groups[64];
    bool root = geteuid() == 0;
    (void)snprintf(users, sizeof users, "0 %d 1", (int)geteuid());
    (void)snprintf(groups, sizeof groups, "0 %d 1", (int)getegid());
    if (unshare(CLONE_NEWPID | CLONE_NEWNS | (root ? 0 : CLONE_NEWUSER)) < 0)
        return false;
    return root || (put("/proc/self/setgroups", "deny") && put("/proc/self/uid_map", users) &&
                    put("/proc/self/gid_map", groups));
}

static bool mount_proc(void)
{
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}

static int skipped(const char *what)
{
    print_message("skipped: this kernel does not let us %s: %s\n", what, strerror(errno));
    return SKIPPED;
}

static int in_namespace(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_between_two_looks),
        cmocka_unit_test(test_between_two_descriptors),
        cmocka_unit_test(test_command),
    };
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!mount_proc())
        return skipped("mount /proc");
    if (syscall(SYS_clone3, NULL, 0) < 0 && errno != EINVAL)
        return skipped("use clone3");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
    int status = 0;
    if (!enter_namespaces())
        return skipped("make a PID namespace");
    pid_t first = fork(); /* the end of process 1 ends all others of its namespace */
    if (first == 0)
        return in_namespace();
    if (first < 0 || waitpid(first, &status, 0) != first)
        return 1;
    /* Without it nothing can be started any more, by a sanitizer at exit neither. */
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}
