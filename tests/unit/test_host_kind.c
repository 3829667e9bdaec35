/* Hosts of one kind or not, and what of the processors a cgroup allows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "folder.h"
#include "host.h"
#include "host_cores.h"
#include "path.h"

static char *const builds[] = {(char[]){"libc.so.6 aaaaaaaaaaaaaaaa"},
                               (char[]){"libx.so 111111111111111111"}, NULL};
static char *const other_builds[] = {(char[]){"libc.so.6 aaaaaaaaaaaaaaaa"},
                                     (char[]){"libx.so 222222222222222222"}, NULL};
static char *const more_builds[] = {(char[]){"libc.so.6 aaaaaaaaaaaaaaaa"},
                                    (char[]){"libx.so.1 2222"}, NULL};

static struct host usual(const char *name)
{
    static char kernel[] = "6.1", machine[] = "x86_64", thp[] = "madvise", libc[] = "glibc 2.36",
                zmq[] = "4.3.4", version[] = "0.1.0";
    union {
        const char *in;
        char *out;
        char *const *words;
        char **own;
    } text = {.in = name}, list = {.words = builds};
    return (struct host){.name = text.out,
                         .kernel = kernel,
                         .machine = machine,
                         .thp = thp,
                         .libc = libc,
                         .libzmq = zmq,
                         .heapchurn = version,
                         .page_bytes = 4096,
                         .aslr = 2,
                         .cores = 2,
                         .builds = list.own};
}

static void assert_kind(const struct host *host, const char *wanted)
{
    const struct host first = usual("n1");
    AUTO_FREE char *text = host_kind_differences(&first, host);
    if (!wanted)
        assert_null(text);
    else
        assert_string_equal(text, wanted);
}

static void what_must_not_be_pooled_is_said(void **state)
{
    (void)state;
    static char kernel[] = "6.12", thp[] = "always";
    struct host host = usual("n2");
    assert_kind(&host, NULL);
    host.kernel = kernel; /* these are what several hosts are asked for */
    host.cores = 64;
    host.memory_bytes = 7;
    assert_kind(&host, NULL);
    host.page_bytes = 65536;
    host.thp = thp;
    assert_kind(&host, "page size, bytes: 4096 on n1, 65536 on n2; transparent huge pages: madvise "
                       "on n1, always on n2");
    union {
        char *const *words;
        char **own;
    } other = {.words = other_builds}, more = {.words = more_builds};
    host = usual("n2");
    host.builds = other.own;
    assert_kind(&host, "libx.so: build 111111111111 on n1, 222222222222 on n2");
    host.builds = more.own; /* of a row that the other has not: nothing to compare */
    assert_kind(&host, NULL);
    host.builds = NULL;
    assert_kind(&host, NULL);
}

static char mount[] = "/tmp/test_host_kind.XXXXXX";

static void put(const char *folder, const char *name, const char *text)
{
    AUTO_FREE char *below = path_join(mount, "%s", folder);
    AUTO_FREE char *path = path_join(below, "%s", name);
    assert_int_equal(folder_make(below, NULL), 0);
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
}

static void the_least_limit_holds(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int64_t limit;
    } cases[] = {
        {"0::/free", -1},
        {"0::/job/step", 1500},
        {"0::/job/step/free", 1500},
        {"0::/job", 4000},
        {"0::/nowhere", -1},
        {"4:cpu,cpuacct:/pod/a", 500},
        {"4:cpuset:/pod/a", -1},
        {"9:memory:/pod", -1},
        {"0::", -1},
        {"nonsense", -1},
        {"", -1},
    };
    put("free", "cpu.max", "max 100000\n");
    put("job", "cpu.max", "400000 100000\n");
    put("job/step", "cpu.max", "150000 100000\n");
    put("job/step/free", "cpu.max", "max 100000\n");
    put("cpu,cpuacct/pod", "cpu.cfs_quota_us", "50000\n");
    put("cpu,cpuacct/pod", "cpu.cfs_period_us", "100000\n");
    put("cpu,cpuacct/pod/a", "cpu.cfs_quota_us", "-1\n");
    put("cpu,cpuacct/pod/a", "cpu.cfs_period_us", "100000\n");
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (host_cores_limit(cases[i].line, mount) != cases[i].limit)
            fail_msg("%s: %jd", cases[i].line, (intmax_t)host_cores_limit(cases[i].line, mount));
    struct host_cores cores;
    host_cores_read(&cores);
    assert_true(cores.processors >= 1);
    assert_true(cores.list[0] >= '0' && cores.list[0] <= '9');
    assert_true(cores.physical == -1 || cores.physical <= cores.processors);
}

static int group_setup(void **state)
{
    (void)state;
    return mkdtemp(mount) ? 0 : -1;
}

static int group_teardown(void **state)
{
    (void)state;
    return folder_empty(mount, NULL) < 0 || rmdir(mount) < 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_must_not_be_pooled_is_said),
        cmocka_unit_test(the_least_limit_holds),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
