/* Programs of every kind, looked at before they are started. */
#include <elf.h>
#include <errno.h>
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

#include "cleanup.h"
#include "program_look.h"

static char folder[] = "/tmp/test_program_look-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *put(const char *name, const void *bytes, size_t size, mode_t mode)
{
    const char *path = in_folder(name);
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static const char *script(const char *text)
{
    return put("script", text, strlen(text), 0755);
}

/* A copy of `program` with one change to its head. */
static const char *changed(const char *program, void (*change)(Elf64_Ehdr *head))
{
    enum { SIZE_MAX_BYTES = 1 << 24 };
    AUTO_FREE char *bytes = malloc(SIZE_MAX_BYTES);
    AUTO_FCLOSE FILE *file = fopen(program, "re");
    assert_non_null(file);
    size_t size = fread(bytes, 1, SIZE_MAX_BYTES, file);
    assert_true(size > sizeof(Elf64_Ehdr));
    change((Elf64_Ehdr *)(void *)bytes);
    return put("changed", bytes, size, 0755);
}

static void other_machine(Elf64_Ehdr *head)
{
    head->e_machine = EM_S390;
}

static void no_program(Elf64_Ehdr *head)
{
    head->e_type = ET_REL;
}

static void no_sections(Elf64_Ehdr *head)
{
    head->e_shoff = UINT64_MAX / 2;
}

static void expect_refused(const char *program, int code, const char *words)
{
    struct program_look look;
    struct err err = ERR_INIT;
    print_message("%s\n", program);
    assert_int_equal(program_look(program, &look, &err), code);
    assert_non_null(strstr(err.text, words));
}

static void test_usable(void **state)
{
    (void)state;
    struct program_look look;
    struct err err = ERR_INIT;
    assert_int_equal(program_look("sh", &look, &err), 0);
    assert_int_equal(look.path[0], '/');
    assert_string_equal(look.path, look.image);
    assert_false(look.is_script);
    assert_int_equal(look.note_count, 0);

    assert_int_equal(program_look(script("#!/bin/sh\n"), &look, &err), 0);
    assert_true(look.is_script);
    assert_string_equal(look.image, "/bin/sh");
    assert_int_equal(program_look(script("#! /usr/bin/env -S A=b sh -x\n"), &look, &err), 0);
    assert_non_null(strstr(look.image, "/sh"));

    assert_int_equal(program_look(LOOK_DIR "/look_linked", &look, &err), 0);
    assert_non_null(strstr(look.linked, "lib" LOOK_LINKED ".so"));
    assert_int_equal(look.note_count, 1);
    assert_non_null(strstr(look.notes[0], "is linked against lib" LOOK_LINKED));
    assert_string_equal(look.libc, "libc.so.6");
    assert_int_equal(program_look(LOOK_DIR "/look_linked_cxx", &look, &err), 0);
    assert_non_null(strstr(look.linked, "lib" LOOK_LINKED ".so"));
    assert_string_equal(look.libc, "libc.so.6:libstdc++.so.6");
    assert_int_equal(program_look(LOOK_DIR "/look_linked", &look, &err), 0);
    assert_null(look.own_name);
    assert_int_equal(program_look(LOOK_DIR "/look_own_names", &look, &err), 0);
    assert_string_equal(look.own_name, "mallocx");
    assert_string_equal(look.own_name_of, "jemalloc");
    assert_non_null(strstr(look.notes[0], "runs on rows of that allocator alone"));
    assert_int_equal(program_look(LOOK_DIR "/look_go", &look, &err), 0);
    assert_true(look.is_go);
    assert_non_null(strstr(look.notes[0], "Go program"));
}

static void test_refused(void **state)
{
    (void)state;
    expect_refused("no-such-program-anywhere", -ENOENT, "in PATH");
    expect_refused("/no/such/program", -ENOENT, "No such file");
    expect_refused(folder, -EACCES, "no file that may be run");
    expect_refused(put("plain", "x", 1, 0644), -EACCES, "no file that may be run");
    expect_refused(put("text", "echo no head\n", 13, 0755), -ENOEXEC, "neither an ELF program");
    expect_refused(put("empty", "", 0, 0755), -ENOEXEC, "neither an ELF program");
    expect_refused(put("cut", "\177ELF\2\1\1", 7, 0755), -ENOEXEC, "neither an ELF program");
    expect_refused(script("#!/no/such/interpreter\n"), -ENOENT, "which is not here");
    expect_refused(script("#!\n"), -ENOENT, "script of ''");
    expect_refused(LOOK_DIR "/look_static", -ENOTSUP, "is static");
    expect_refused(LOOK_DIR "/look_musl", -ENOTSUP, "runs under /lib/ld-musl-x.so.1");
    expect_refused(LOOK_DIR "/look_own", -ENOTSUP, "brings its own malloc");
    expect_refused(changed(LOOK_DIR "/look_plain", other_machine), -ENOEXEC,
                   "another architecture");
    expect_refused(changed(LOOK_DIR "/look_plain", no_program), -ENOEXEC, "another kind");
}

/* Tables that point nowhere are read as far as they go. */
static void test_broken_tables(void **state)
{
    (void)state;
    struct program_look look;
    struct err err = ERR_INIT;
    (void)program_look(changed(LOOK_DIR "/look_plain", no_sections), &look, &err);
}

static void test_more_rights(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    const char *path = put("setuid", "#!/bin/sh\n", 10, 0755);
    assert_int_equal(chown(path, 65534, 65534), 0);
    assert_int_equal(chmod(path, 04755), 0);
    expect_refused(path, -ENOTSUP, "more rights than yours");
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"script", "changed", "plain", "text",
                                        "empty",  "cut",     "setuid"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        (void)unlink(in_folder(names[i]));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usable),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_broken_tables),
        cmocka_unit_test(test_more_rights),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
