/*
 * Rows of tools: what is said when something is missing, and how their words are filled in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "tool.h"
#include "tool_left.h"

static void test_missing(void **state)
{
    (void)state;
    static const struct tool program = {
        .name = "t", .needs_program = "no-such-program", .package = "apt install t"};
    static const struct tool library = {
        .name = "t", .needs_library = "libnosuch.so.9", .package = "apt install t"};
    static const struct tool variant = {
        .name = "t", .program_suffix = "nosuch", .allocator = "glibc", .package = "apt install t"};
    static const struct tool preload = {
        .name = "t", .elsewhere = "libnosuch.so.9", .package = "apt install t"};
    static const struct tool own = {.name = "t", .allocator = "tcmalloc"};
    const struct {
        const struct tool *tool;
        const char *allocator, *programs;
        const char *expected; /* NULL: available */
    } rows[] = {
        {&program, "glibc", NULL,
         "t is not available: no-such-program was not found; apt install t"},
        {&library, "glibc", NULL,
         "t is not available: libnosuch.so.9 was not found; apt install t"},
        {&variant, "tcmalloc", "/nowhere",
         "t is not available: peer-nosuch was not found; apt install t, and build again"},
        {&variant, "tcmalloc", NULL, NULL},
        {&preload, "glibc", "/nowhere", NULL},
        {&preload, "glibc", NULL,
         "t is not available: libnosuch.so.9 was not found; apt install t"},
        {&own, "glibc", NULL, "t belongs to tcmalloc and tells nothing about glibc"},
        {&own, "tcmalloc", NULL, NULL},
        {&own, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct err err = ERR_INIT;
        int code = tool_available(rows[i].tool, rows[i].allocator, rows[i].programs, &err);
        print_message("row %zu\n", i);
        assert_int_equal(code < 0, rows[i].expected != NULL);
        assert_string_equal(err.text, rows[i].expected ? rows[i].expected : "");
    }
}

static void test_versions_lose_tools(void **state)
{
    (void)state;
    static const struct {
        const char *tool, *allocator, *version, *expected;
    } rows[] = {
        {"heapcheck", "tcmalloc", "2.10", ""},
        {"heapcheck", "tcmalloc", "2.16", ""},
        {"heapcheck", "tcmalloc", "2.17.1",
         "heapcheck is not available: gperftools 2.17 and later have no heap checker and ignore "
         "HEAPCHECK in silence"},
        {"statistics", "mimalloc", "2.0.9", ""},
        {"statistics", "mimalloc", "3.0.1",
         "statistics is not available: mimalloc 3.0 and 3.1 show nobody the pages that are full "
         "and have no thread"},
        {"statistics", "mimalloc", "3.6.0", ""},
        {"statistics", "glibc", "2.43", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct err err = ERR_INIT;
        const struct tool *tool = tool_find(rows[i].tool);
        assert_string_equal(tool_by_version(tool, rows[i].allocator), rows[i].allocator);
        (void)tool_check_version(tool, rows[i].allocator, rows[i].version, &err);
        assert_string_equal(err.text, rows[i].expected);
    }
    assert_null(tool_by_version(tool_find("memcheck"), "glibc"));
    assert_null(tool_by_version(tool_find("heapprofile"), "tcmalloc"));
}

static void test_folders(void **state)
{
    (void)state;
    static const struct {
        const char *tool, *folder, *expected;
    } rows[] = {
        {"memcheck", "/tmp/my run", ""},
        {"memcheck", "/tmp/50%",
         "/tmp/50%: the settings of memcheck cannot carry a path with '%' in it; use another "
         "folder"},
        {"massif", "/tmp/my run",
         "/tmp/my run: the settings of massif cannot carry a path with ' ' in it; use another "
         "folder"},
        {"jemalloc-prof", "/tmp/a,b",
         "/tmp/a,b: the settings of jemalloc-prof cannot carry a path with ',' in it; use another "
         "folder"},
        {"heaptrack", "/tmp/my 50%, a", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct err err = ERR_INIT;
        (void)tool_check_folder(tool_find(rows[i].tool), rows[i].folder, &err);
        assert_string_equal(err.text, rows[i].expected);
    }
}

static void test_words(void **state)
{
    (void)state;
    static const char *const words[] = {"--out=%/x", "--pid=@", "\"$@\" !", NULL};
    char **some = tool_words_fill(words, &(struct tool_words){.folder = "/f"});
    char **all =
        tool_words_fill(words, &(struct tool_words){.folder = "/f", .program = "/p", .pid = 7});
    assert_string_equal(some[0], "--out=/f/x");
    assert_string_equal(some[1], "--pid=@");
    assert_string_equal(some[2], "\"$@\" !");
    assert_string_equal(all[1], "--pid=7");
    assert_string_equal(all[2], "\"$7\" /p");
    assert_null(all[3]);
    tool_words_free(some);
    tool_words_free(all);
}

/* Every row says who it is, what brings it, and for each moment where it reads or why it does not;
 * what it reads is a file it names. */
static void test_rows(void **state)
{
    (void)state;
    for (const struct tool *tool = tool_next_with_sites(NULL); tool;
         tool = tool_next_with_sites(tool)) {
        bool read[MOMENT_COUNT] = {false};
        print_message("%s\n", tool->name);
        assert_ptr_equal(tool_find(tool->name), tool);
        assert_non_null(tool->summary);
        assert_non_null(tool->raw);
        assert_true(tool->slowdown >= 1);
        assert_true(tool->package || (!tool->needs_program && !tool->needs_library));
        assert_true(!tool->program_suffix || tool->allocator);
        assert_true(!tool->other_name || tool_find(tool->other_name) == tool);
        for (size_t j = 0; j < TOOL_SOURCES_MAX && tool->sources[j].file; j++) {
            read[tool->sources[j].moment] = true;
            assert_non_null(tool->sources[j].read);
            assert_true(strcmp(tool->sources[j].file, TOOL_DUMPS) != 0 || tool->dumps);
        }
        /* Readers of what is left at the end may tell the total too. */
        for (int moment = 0; moment < MOMENT_TOTAL; moment++)
            assert_true(read[moment] != (tool->lacks[moment] != NULL));
    }
    assert_null(tool_find("nosuch"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing), cmocka_unit_test(test_versions_lose_tools),
        cmocka_unit_test(test_folders), cmocka_unit_test(test_words),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
