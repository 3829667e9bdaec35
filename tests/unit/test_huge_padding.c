/* What of huge pages nobody wrote to, told of a process that did so by steps. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "huge_padding.h"
#include "procfs.h"

enum { HUGE_BYTES = 2 << 20, HUGE_PAGES = 4, PAGE = 4096 };

static int64_t anon_huge_bytes(int fd)
{
    AUTO_FREE char *text = procfs_load(fd, "smaps_rollup");
    return text ? procfs_key(text, "AnonHugePages") : -1;
}

/* An aligned region that may have huge pages; NULL: none here. */
static char *region(void)
{
    char *space = mmap(NULL, (size_t)(HUGE_PAGES + 1) * HUGE_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (space == MAP_FAILED)
        return NULL;
    char *start = space + (HUGE_BYTES - (uintptr_t)space % HUGE_BYTES) % HUGE_BYTES;
    return madvise(start, (size_t)HUGE_PAGES * HUGE_BYTES, MADV_HUGEPAGE) == 0 ? start : NULL;
}

static void write_pages(char *start, size_t count, char with)
{
    for (size_t i = 0; i < count; i++)
        ((volatile char *)start)[i * PAGE + 17] = with;
}

/* Stops after each step, to be looked at. */
static void child(void)
{
    char *start = region();
    if (!start)
        _exit(1);
    (void)raise(SIGSTOP);
    for (size_t i = 0; i < HUGE_PAGES; i++)
        write_pages(start + i * HUGE_BYTES, 1, 1);
    (void)raise(SIGSTOP);
    write_pages(start, 100, 1);
    (void)raise(SIGSTOP);
    write_pages(start, HUGE_PAGES * (HUGE_BYTES / PAGE), 1);
    (void)raise(SIGSTOP);
    start = region(); /* of small pages, as zero as can be */
    if (!start || madvise(start, (size_t)HUGE_PAGES * HUGE_BYTES, MADV_NOHUGEPAGE) < 0)
        _exit(1);
    write_pages(start, HUGE_PAGES * (HUGE_BYTES / PAGE), 0);
    (void)raise(SIGSTOP);
    _exit(0);
}

static bool stops(pid_t pid)
{
    int status = 0;
    return waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status);
}

/* Let it go on to its next stop. */
static bool next(pid_t pid)
{
    (void)kill(pid, SIGCONT);
    return stops(pid);
}

static void end(pid_t pid)
{
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

static void pages_that_were_written_to_are_none(void **state)
{
    (void)state;
    const int64_t untouched = (int64_t)HUGE_PAGES * (HUGE_BYTES - PAGE);
    const int64_t wanted[] = {untouched, untouched - (int64_t)99 * PAGE, 0, 0};
    int64_t got[ARRAY_LENGTH(wanted)] = {0};
    char path[32];
    pid_t pid = fork();
    if (pid == 0)
        child();
    assert_true(pid > 0);
    (void)snprintf(path, sizeof path, "/proc/%d", (int)pid);
    AUTO_CLOSE int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool has = stops(pid);
    int64_t huge = has ? anon_huge_bytes(fd) : -1;
    int64_t before = has ? huge_padding_bytes(fd, NULL) : -1;
    has = has && huge >= 0 && before >= 0 && next(pid) &&
          anon_huge_bytes(fd) - huge == (int64_t)HUGE_PAGES * HUGE_BYTES;
    for (size_t i = 0; has && i < ARRAY_LENGTH(wanted); i++) {
        int64_t huge_now = -1;
        got[i] = huge_padding_bytes(fd, &huge_now) - before;
        assert_int_equal(huge_now, anon_huge_bytes(fd));
        if (i + 1 < ARRAY_LENGTH(wanted))
            has = next(pid);
    }
    end(pid);
    if (!has)
        skip(); /* the machine gives none, or may not be asked */
    for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++)
        assert_int_equal(got[i], wanted[i]);
}

/* Its huge pages come and go all the time, as an allocator's may that gives back. */
static void restless(void)
{
    for (;;) {
        char *start = region();
        if (!start)
            _exit(1);
        for (size_t i = 0; i < HUGE_PAGES; i++)
            write_pages(start + i * HUGE_BYTES, 1, 1);
        (void)munmap(start, (size_t)HUGE_PAGES * HUGE_BYTES);
    }
}

static void regions_that_are_gone_when_they_are_read_have_none(void **state)
{
    (void)state;
    enum { LOOKS = 300 };
    int64_t least = 0;
    char path[32];
    pid_t pid = fork();
    if (pid == 0)
        restless();
    assert_true(pid > 0);
    (void)snprintf(path, sizeof path, "/proc/%d", (int)pid);
    AUTO_CLOSE int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < LOOKS && least == 0; i++) {
        int64_t bytes = huge_padding_bytes(fd, NULL);
        least = bytes < least ? bytes : least;
    }
    end(pid);
    int64_t of_nobody = huge_padding_bytes(fd, NULL);
    if (least == -EACCES || least == -EPERM || least == -ENOTSUP)
        skip();
    assert_int_equal(least, 0);
    assert_true(of_nobody < 0); /* "saw nothing" is not "there is none" */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_that_were_written_to_are_none),
        cmocka_unit_test(regions_that_are_gone_when_they_are_read_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
