/* Where programs can be recorded. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "recording.h"
#include "recording_state.h"

static void test_pages(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    assert_int_equal(recording_check_page(4096, &err), 0);
    assert_int_equal(recording_check_page(65536, &err), -ENOTSUP);
    assert_non_null(strstr(err.text, "this kernel has pages of 64 KiB"));
}

/* What is asked at each look must not become more with each process there ever was. */
static void test_processes_that_are_gone(void **state)
{
    (void)state;
    enum { PROCESSES = 3 * RECORDING_SEEN_LEAST };
    char folder[] = "/tmp/test_recording_XXXXXX", path[64];
    struct recording *recording = NULL;
    struct err err = ERR_INIT;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/t.raw", folder);
    const struct recording_settings settings = {.file_bytes = 1 << 20};
    assert_int_equal(recording_open(path, &settings, folder, &recording, &err), 0);
    for (int i = 0; i < PROCESSES; i++) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            (void)pause();
            _exit(0);
        }
        recording_saw(recording, pid);
        assert_int_equal(recording->seen[recording->seen_count - 1].pid, pid);
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
    }
    assert_true(recording->seen_count <= RECORDING_SEEN_LEAST);
    recording_close(recording);
    (void)unlink(path);
    (void)rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_processes_that_are_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
