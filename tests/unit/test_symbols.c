/* Names of a library of which all is known, of its copies without them, and of what is no library.
 */
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
#include <dlfcn.h>

#include "map_line.h"
#include "named_object.h"
#include "splitmix.h"
#include "symbols.h"
#include "symbols_missing.h"

#define OBJECT   TEST_OBJECT_DIR "/libnamed_object.so"
#define STRIPPED TEST_OBJECT_DIR "/stripped.so"
#define LINKED   TEST_OBJECT_DIR "/linked.so"

/* The known call, as its place in the library. */
static uint64_t known_address(void)
{
    Dl_info info;
    named_outer();
    assert_true(dladdr(named_call.address, &info));
    return (uint64_t)((uintptr_t)named_call.address - (uintptr_t)info.dli_fbase);
}

static void assert_known(struct symbol_calls calls)
{
    assert_int_equal(calls.count, 2);
    assert_string_equal(calls.list[0].function, "inlined");
    assert_non_null(strstr(calls.list[0].file, "named_object.c"));
    assert_int_equal(calls.list[0].line, named_call.line);
    assert_string_equal(calls.list[1].function, "name::outer(int)");
    assert_non_null(strstr(calls.list[1].file, "named_object.c"));
    assert_int_equal(calls.list[1].line, named_call.outer_line);
}

static void test_inlined_calls_and_lines(void **state)
{
    (void)state;
    AUTO(symbols) struct symbols symbols = {.objects = NULL};
    assert_true(symbols_has(&symbols, OBJECT));
    assert_known(symbols_calls(&symbols, OBJECT, known_address()));
    assert_known(symbols_calls(&symbols, OBJECT, known_address()));
    assert_int_equal(symbols_calls(&symbols, OBJECT, UINT64_MAX).count, 0);
}

static void test_debug_link(void **state)
{
    (void)state;
    AUTO(symbols) struct symbols symbols = {.objects = NULL};
    assert_true(symbols_has(&symbols, LINKED));
    assert_known(symbols_calls(&symbols, LINKED, known_address()));
}

/* What it exports is no name for its code. */
static void test_stripped(void **state)
{
    (void)state;
    AUTO(symbols) struct symbols symbols = {.objects = NULL};
    assert_false(symbols_has(&symbols, STRIPPED));
    assert_int_equal(symbols_calls(&symbols, STRIPPED, known_address()).count, 0);
}

static void test_no_object(void **state)
{
    (void)state;
    static const char *const paths[] = {"", "/", "/dev/zero", "/nonexistent", __FILE__};
    AUTO(symbols) struct symbols symbols = {.objects = NULL};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        assert_false(symbols_has(&symbols, paths[i]));
        assert_int_equal(symbols_address(&symbols, paths[i], 4711), 4711);
        assert_int_equal(symbols_calls(&symbols, paths[i], 4711).count, 0);
    }
}

/* Where the file's own map says that a byte is, there is its address. */
static void test_address(void **state)
{
    (void)state;
    AUTO(symbols) struct symbols symbols = {.objects = NULL};
    AUTO_FCLOSE FILE *maps = fopen("/proc/self/maps", "re");
    AUTO_FREE char *text = NULL;
    size_t size = 0;
    bool found = false;
    uint64_t known = known_address();
    uint64_t at = (uint64_t)(uintptr_t)named_call.address;
    assert_non_null(maps);
    while (!found && getline(&text, &size, maps) >= 0) {
        struct line line = line_first(text);
        struct map_line map;
        assert_true(map_line_read(&line, &map));
        if (at < map.start || at >= map.end)
            continue;
        found = true;
        assert_true(map_line_is_code(&map));
        assert_int_equal(symbols_address(&symbols, OBJECT, at - map.start + map.offset), known);
    }
    assert_true(found);
}

static char *load(const char *path, size_t *out_size)
{
    AUTO_FCLOSE FILE *in = fopen(path, "re");
    struct stat status;
    assert_non_null(in);
    assert_int_equal(fstat(fileno(in), &status), 0);
    *out_size = (size_t)status.st_size;
    char *bytes = malloc(*out_size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *out_size, in), *out_size);
    return bytes;
}

static void ask_all(const char *path, const char *bytes, size_t size)
{
    AUTO(symbols) struct symbols symbols = {.objects = NULL};
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
    (void)symbols_has(&symbols, path);
    for (uint64_t offset = 0; offset < 0x3000; offset += 0x95) {
        uint64_t address = symbols_address(&symbols, path, offset);
        struct symbol_calls calls = symbols_calls(&symbols, path, address);
        for (size_t i = 0; i < calls.count; i++)
            assert_non_null(calls.list[i].function);
    }
}

/* It may have names still, or none: it comes to its end. */
static void test_cut_and_corrupt(void **state)
{
    (void)state;
    enum { CUTS = 64, CORRUPT = 300, BYTES = 12 };
    char path[] = "/tmp/symbols-XXXXXX";
    int fd = mkstemp(path);
    size_t size = 0;
    AUTO_FREE char *bytes = load(OBJECT, &size);
    uint64_t seed = 3186;
    assert_true(fd >= 0);
    (void)close(fd);
    for (size_t i = 0; i < CUTS; i++)
        ask_all(path, bytes, size * i / CUTS);
    for (size_t i = 0; i < CORRUPT; i++) {
        char before[BYTES];
        size_t at[BYTES];
        for (size_t j = 0; j < BYTES; j++) {
            /* Half of them in the tables that lead everywhere else. */
            size_t reach = j % 2 ? size : 1024;
            at[j] = splitmix_next(&seed) % reach;
            at[j] = j % 4 == 0 ? size - 1 - at[j] : at[j];
            before[j] = bytes[at[j]];
            bytes[at[j]] = (char)splitmix_next(&seed);
        }
        (void)memcpy(bytes, "\177ELF", 4);
        ask_all(path, bytes, size);
        for (size_t j = BYTES; j-- > 0;)
            bytes[at[j]] = before[j];
    }
    (void)unlink(path);
}

static void test_map_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is, code;
        const char *name;
    } rows[] = {
        {"7f12a000-7f13b000 r-xp 00003000 fe:00 42   /lib/a b.so", true, true, "/lib/a b.so"},
        {"7f12a000-7f13b000 r-xp 00000000 00:00 0    [vdso]", true, false, "[vdso]"},
        {"7f12a000-7f13b000 rw-s 00000000 00:01 0 /dev/zero (deleted)\n", true, false,
         "/dev/zero (deleted)"},
        {"7f12a000-7f13b000 rw-p 00000000 00:00 0", true, false, ""},
        {"7f12a000-7f13b000 rw-p 00000000 00:00 18446744073709551615 /x", true, false, "/x"},
        {"7f13b000-7f12a000 rw-p 00000000 00:00 0", false, false, NULL},
        {"17f12a000007f12a0-7f13b000 rw-p 00000000 00:00 0", false, false, NULL},
        {"7f12a000-7f13b000 rw 00000000 00:00 0", false, false, NULL},
        {"7f12a000-7f13b000 rw-p", false, false, NULL},
        {"Anonymous: 4 kB", false, false, NULL},
        {"heap_v2/1", false, false, NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct line line = line_first(rows[i].text);
        struct map_line map;
        assert_int_equal(map_line_read(&line, &map), rows[i].is);
        if (!rows[i].is)
            continue;
        assert_int_equal(map.start, 0x7f12a000);
        assert_int_equal(map.end, 0x7f13b000);
        assert_int_equal(map_line_is_code(&map), rows[i].code);
        assert_int_equal(map.name.length, strlen(rows[i].name));
        assert_memory_equal(map.name.text, rows[i].name, map.name.length);
    }
}

/* Two stacks go through a stripped library, one through one that has names. */
static void test_missing_symbols(void **state)
{
    (void)state;
    char path[] = "/tmp/symbols-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)dprintf(fd, "heap_v2/1\n@ 0x1010 0x1020\n@ 0x1030\n@ 0x2010\nMAPPED_LIBRARIES:\n"
                      "1000-2000 r-xp 00000000 fe:00 1 " STRIPPED "\n"
                      "2000-3000 r-xp 00000000 fe:00 2 " OBJECT "\n");
    (void)close(fd);
    AUTO_FREE char *sentence = symbols_missing(path, "jemalloc");
    assert_non_null(sentence);
    assert_memory_equal(sentence, "no symbols in stripped.so: ", 27);
    (void)unlink(path);
    assert_null(symbols_missing(path, "jemalloc"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inlined_calls_and_lines),
        cmocka_unit_test(test_debug_link),
        cmocka_unit_test(test_stripped),
        cmocka_unit_test(test_no_object),
        cmocka_unit_test(test_address),
        cmocka_unit_test(test_cut_and_corrupt),
        cmocka_unit_test(test_map_lines),
        cmocka_unit_test(test_missing_symbols),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
