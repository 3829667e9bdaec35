/*
 * attach.c: which processes no agent is put into, and what is said of them. The process is a folder
 * made up to look like /proc/PID, since several kinds cannot be had on every machine.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "attach.h"
#include "command_output.h"
#include "temporary.h"

enum { PATH_SIZE = 512 };

static char folder[PATH_SIZE];

static const char *below(const char *name)
{
    static char path[2 * PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(below(name), "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void point_at(const char *program)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", LOOK_DIR, program);
    (void)unlink(below("exe"));
    assert_int_equal(symlink(path, below("exe")), 0);
}

/* A plain program that reads, of this user's, which nothing speaks against. */
static void make_process(struct watch_target *out)
{
    struct err err = ERR_INIT;
    assert_int_equal(temporary_open("test_attach", folder, sizeof folder, &err), 0);
    write_file("mem", "");
    write_file("status", "Name:\tserver\nTracerPid:\t0\nSeccomp_filters:\t0\n");
    write_file("stat", "77 (server) S 1 77 77 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 1 1 1\n");
    assert_int_equal(mkdir(below("task"), 0700), 0);
    assert_int_equal(mkdir(below("task/77"), 0700), 0);
    write_file("task/77/comm", "server\n");
    point_at("look_plain");
    assert_int_equal(symlink("/", below("root")), 0);
    *out = WATCH_TARGET_INIT;
    out->pid = 77;
    (void)snprintf(out->name, sizeof out->name, "server");
    out->procfs.dir_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(out->procfs.dir_fd >= 0);
}

static void end_process(struct watch_target *target)
{
    assert_int_equal(close(target->procfs.dir_fd), 0);
    temporary_remove(folder);
}

static void may_not_be_traced(void)
{
    assert_int_equal(unlink(below("mem")), 0);
}

static void is_traced(void)
{
    write_file("status", "Name:\tserver\nTracerPid:\t4711\nSeccomp_filters:\t0\n");
}

static void is_stopped(void)
{
    write_file("stat", "77 (server) T 1 77 77 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 1 1 1\n");
}

static void is_filtered(void)
{
    write_file("status", "Name:\tserver\nTracerPid:\t0\nSeccomp_filters:\t99\n");
}

static void is_static(void)
{
    point_at("look_static");
}

static void is_of_musl(void)
{
    point_at("look_musl");
}

static void brings_its_malloc(void)
{
    point_at("look_own");
}

static void has_an_agent(void)
{
    assert_int_equal(mkdir(below("task/78"), 0700), 0);
    write_file("task/78/comm", "heapchurn\n");
}

/* The plain program, of another kind of processor. */
static void is_of_another_machine(void)
{
    static char bytes[1 << 20];
    FILE *from = fopen(LOOK_DIR "/look_plain", "re");
    assert_non_null(from);
    size_t length = fread(bytes, 1, sizeof bytes, from);
    assert_int_equal(fclose(from), 0);
    assert_true(length > sizeof(Elf64_Ehdr) && length < sizeof bytes);
    Elf64_Half machine = EM_S390;
    (void)memcpy(bytes + offsetof(Elf64_Ehdr, e_machine), &machine, sizeof machine);
    assert_int_equal(unlink(below("exe")), 0);
    FILE *to = fopen(below("exe"), "we");
    assert_non_null(to);
    assert_int_equal(fwrite(bytes, 1, length, to), length);
    assert_int_equal(fclose(to), 0);
    assert_int_equal(chmod(below("exe"), 0700), 0);
}

static const struct {
    void (*make)(void); /* NULL: nothing */
    int code;
    const char *says;
} kinds[] = {
    {NULL, 0, ""},
    {may_not_be_traced, -EPERM, "run heapchurn as root"},
    {is_traced, -EBUSY, "process 77 (server): process 4711 traces it already"},
    {is_stopped, -EBUSY, "it is stopped; continue it first (kill -CONT)"},
    {is_filtered, -ENOTSUP, "it is under a seccomp filter"},
    {is_static, -ENOTSUP, "process 77 (server): it is static: no allocator"},
    {is_of_musl, -ENOTSUP, "it runs under /lib/ld-musl-x.so.1, not under glibc's loader"},
    {brings_its_malloc, -ENOTSUP, "it brings its own malloc"},
    {is_of_another_machine, -ENOEXEC, "it was built for another architecture"},
    {has_an_agent, -EBUSY, "an agent is in it already"},
};

static void test_refused(void **state)
{
    (void)state;
    if (!command_exists("gdb"))
        skip();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct watch_target target;
        struct err err = ERR_INIT;
        make_process(&target);
        if (kinds[i].make)
            kinds[i].make();
        int code = attach_check(&target, &err);
        print_message("%d %s\n", code, err.text);
        assert_int_equal(code, kinds[i].code);
        assert_non_null(strstr(err.text, kinds[i].says));
        end_process(&target);
    }
}

/* In a container, or under another root, the agent's library is not there. */
static void test_other_files(void **state)
{
    (void)state;
    static const struct agents nobody = {.fd = -1};
    char library[2 * PATH_SIZE];
    double stopped_s = 0;
    struct watch_target target;
    struct err err = ERR_INIT;
    make_process(&target);
    write_file("agent.so", "ours");
    (void)snprintf(library, sizeof library, "%s", below("agent.so"));
    assert_int_equal(unlink(below("root")), 0);
    assert_int_equal(mkdir(below("root"), 0700), 0);
    assert_int_equal(attach_agent(&target, library, &nobody, &stopped_s, &err), -ENOTSUP);
    assert_non_null(strstr(err.text, "it sees other files than heapchurn does (a container"));
    end_process(&target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_other_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
