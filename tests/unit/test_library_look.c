/* The file of an allocator, looked at before a row is put on it. */
#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "elf_image.h"
#include "library_look.h"

static char folder[] = "/tmp/test_library_look-XXXXXX";

/* A copy of `library` whose head says another machine. */
static const char *foreign(const char *library)
{
    enum { SIZE_MAX_BYTES = 1 << 24 };
    static char path[256];
    AUTO_FREE char *bytes = malloc(SIZE_MAX_BYTES);
    AUTO_FCLOSE FILE *from = fopen(library, "re");
    assert_non_null(from);
    size_t size = fread(bytes, 1, SIZE_MAX_BYTES, from);
    assert_true(size > sizeof(Elf64_Ehdr));
    ((Elf64_Ehdr *)(void *)bytes)->e_machine = EM_S390;
    (void)snprintf(path, sizeof path, "%s/foreign.so", folder);
    AUTO_FCLOSE FILE *to = fopen(path, "we");
    assert_non_null(to);
    assert_int_equal(fwrite(bytes, 1, size, to), size);
    return path;
}

static void what_serves_is_let_pass(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char soname[LIBRARY_NAME_MAX];
    if (library_look(LOOK_DIR "/libserves.so", &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(library_soname(LOOK_DIR "/libserves.so", soname, &err), 0);
    assert_string_equal(soname, "libserves.so.7");
}

static void what_cannot_serve_is_told_why(void **state)
{
    (void)state;
    const struct {
        const char *path;
        int code;
        const char *says;
    } cases[] = {
        {"/nonexistent/lib.so", -ENOENT, "/nonexistent/lib.so: No such file"},
        {"/tmp", -ENOEXEC, "is no file"},
        {LOOK_DIR "/look_plain", -ENOEXEC, "is no shared library"},
        {LOOK_SOURCE, -ENOEXEC, "is no library"},
        {foreign(LOOK_DIR "/libserves.so"), -ENOEXEC, "another architecture"},
        {LOOK_DIR "/libjemalloc.so", -EINVAL, "brings no malloc"},
        {LOOK_DIR "/libfuture.so", -ENOEXEC, "was built for glibc 9.9"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct err err = ERR_INIT;
        assert_int_equal(library_look(cases[i].path, &err), cases[i].code);
        if (!strstr(err.text, cases[i].says))
            fail_msg("'%s' lacks '%s'", err.text, cases[i].says);
    }
}

static void versions_are_compared_number_by_number(void **state)
{
    (void)state;
    assert_true(elf_image_newer("2.38", "2.4"));
    assert_true(elf_image_newer("2.2.5", "2.2"));
    assert_false(elf_image_newer("2.36", "2.36"));
    assert_false(elf_image_newer("2.2", "2.2.5"));
    assert_true(elf_image_newer("2.36", ""));
}

static void a_file_is_known_by_its_content(void **state)
{
    (void)state;
    char path[128], link[128], sum[LIBRARY_SHA256_MAX];
    (void)snprintf(path, sizeof path, "%s/abc", folder);
    (void)snprintf(link, sizeof link, "%s/link", folder);
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs("abc", file) >= 0 && fflush(file) == 0);
    assert_int_equal(library_sha256(path, sum, NULL), 0);
    /* FIPS 180-4, example B.1 */
    assert_string_equal(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(symlink(path, link), 0);
    assert_true(library_same(path, link));
    assert_false(library_same(path, folder));
    assert_false(library_same(path, "/nonexistent"));
}

static int clean_up(void **state)
{
    static const char *const names[] = {"foreign.so", "abc", "link"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_serves_is_let_pass),
        cmocka_unit_test(what_cannot_serve_is_told_why),
        cmocka_unit_test(versions_are_compared_number_by_number),
        cmocka_unit_test(a_file_is_known_by_its_content),
    };
    return mkdtemp(folder) ? cmocka_run_group_tests(tests, NULL, clean_up) : 1;
}
