/* host: what is read of this machine, against other ways to ask; sysfile: values out of files. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmocka.h>

#include "assert_between.h"
#include "host.h"
#include "sysfile.h"

static char path[] = "/tmp/heapchurn-sysfile-XXXXXX";

static void write_file(const char *text)
{
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
}

static void describes_this_machine(void **state)
{
    (void)state;
    AUTO(host) struct host host = {0};
    struct utsname names;
    host_describe(&host);
    assert_int_equal(uname(&names), 0);
    assert_string_equal(host.name, names.nodename);
    assert_string_equal(host.kernel, names.release);
    assert_string_equal(host.machine, names.machine);
    assert_int_equal(host.page_bytes, sysconf(_SC_PAGESIZE));
    assert_between(host.cores, 1, (unsigned long)sysconf(_SC_NPROCESSORS_ONLN));
    assert_true(host.memory_bytes > INT64_C(16) << 20);
    assert_int_equal(strncmp(host.libc, "glibc 2.", 8), 0);
    assert_int_equal(strncmp(host.libzmq, "4.", 2), 0);
    const char *const told[] = {host.distribution, host.cpu_model, host.thp, host.heapchurn,
                                host.compiler};
    for (size_t i = 0; i < ARRAY_LENGTH(told); i++)
        assert_true(told[i] && *told[i]);
    host_release(&host);
    host_release(&host);
}

static void line_is_the_first(void **state)
{
    (void)state;
    char out[8] = "before";
    write_file("  one two three\nfour\n");
    assert_int_equal(sysfile_line(path, out, sizeof out), 0);
    assert_string_equal(out, "one two");
    write_file("");
    assert_int_equal(sysfile_line(path, out, sizeof out), -ENOENT);
    assert_string_equal(out, "one two");
    assert_int_equal(sysfile_line("/nowhere/at/all", out, sizeof out), -ENOENT);
}

static void number_is_all_of_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int rc;
        int64_t value;
    } rows[] = {
        {"42\n", 0, 42},       {" -1", 0, -1},         {"0\n7\n", 0, 0},
        {"4x\n", -EPROTO, 99}, {"max\n", -EPROTO, 99}, {"99999999999999999999", -EPROTO, 99},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        int64_t value = 99;
        write_file(rows[i].text);
        assert_int_equal(sysfile_i64(path, &value), rows[i].rc);
        assert_int_equal(value, rows[i].value);
    }
}

static void field_is_found_by_its_whole_key(void **state)
{
    (void)state;
    char out[64];
    write_file("NAME=\"Debian\"\nmodel: 1\nmodel name\t: A  B \nmodel name\t: C\nEMPTY=\n");
    assert_int_equal(sysfile_field(path, "NAME", out, sizeof out), 0);
    assert_string_equal(out, "Debian");
    assert_int_equal(sysfile_field(path, "model name", out, sizeof out), 0);
    assert_string_equal(out, "A  B");
    assert_int_equal(sysfile_field(path, "EMPTY", out, sizeof out), 0);
    assert_string_equal(out, "");
    assert_int_equal(sysfile_field(path, "mod", out, sizeof out), -ENOENT);
}

static void chosen_is_in_brackets(void **state)
{
    (void)state;
    char out[64];
    write_file("always [madvise] never\n");
    assert_int_equal(sysfile_chosen(path, out, sizeof out), 0);
    assert_string_equal(out, "madvise");
    write_file("always madvise] never\n");
    assert_int_equal(sysfile_chosen(path, out, sizeof out), -EPROTO);
    write_file("[always\n");
    assert_int_equal(sysfile_chosen(path, out, sizeof out), -EPROTO);
}

static void differences_are_named(void **state)
{
    (void)state;
    AUTO(host) struct host a = {0}, b = {0};
    struct host_difference differences[HOST_DIFFERENCES_MAX];
    host_describe(&a);
    host_describe(&b);
    free(b.name);
    b.name = strdup("another");
    assert_int_equal(host_differences(&a, &b, differences), 0);
    free(b.kernel);
    b.kernel = strdup("2.4.1");
    b.cores = a.cores + 1;
    assert_int_equal(host_differences(&a, &b, differences), 2);
    assert_string_equal(differences[0].what, "kernel");
    assert_string_equal(differences[0].a, a.kernel);
    assert_string_equal(differences[0].b, "2.4.1");
    assert_string_equal(differences[1].what, "cores");
    free(b.thp);
    b.thp = NULL;
    assert_int_equal(host_differences(&a, &b, differences), 3);
    assert_string_equal(differences[2].b, "unknown");
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_this_machine),
        cmocka_unit_test(line_is_the_first),
        cmocka_unit_test(number_is_all_of_the_line),
        cmocka_unit_test(field_is_found_by_its_whole_key),
        cmocka_unit_test(chosen_is_in_brackets),
        cmocka_unit_test(differences_are_named),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
