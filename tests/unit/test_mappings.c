/* Mappings as the kernel lists them, and what changed between two lists. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "mappings.h"
#include "watch_target.h"

#define HEAP(end, rss)    "1000-" end " rw-p 00000000 00:00 0          [heap]\nRss:  " rss " kB\n"
#define ANON(range, rss)  range " rw-p 00000000 00:00 0 \nSize: 4 kB\nRss:  " rss " kB\n"
#define FILE_(range, rss) range " r-xp 00001000 fe:00 42       /lib/a b.so\nRss:  " rss " kB\n"

static struct mappings parsed(const char *text)
{
    struct mappings mappings = {.count = 0};
    assert_int_equal(mappings_parse(text, &mappings), 0);
    return mappings;
}

static void test_parse(void **state)
{
    (void)state;
    AUTO(mappings)
    struct mappings mappings =
        parsed(HEAP("3000", "8") FILE_("5000-6000", "4")
                   ANON("8000-9000", "0") "a000-b000 rw-p 0 00:00 0   [stack]\nRss: 12 kB\n"
                                          "c000-d000 rw-p 0 00:00 0 \nSi");
    int64_t totals[MAPPING_KINDS];
    assert_int_equal(mappings.count, 4); /* the last one was cut off */
    assert_int_equal(mappings.list[0].kind, MAPPING_HEAP);
    assert_int_equal(mappings.list[1].kind, MAPPING_FILE);
    assert_string_equal(mappings.list[1].name, "/lib/a b.so");
    assert_int_equal(mappings.list[2].kind, MAPPING_ANONYMOUS);
    mappings_totals(&mappings, totals);
    assert_int_equal(totals[MAPPING_HEAP], 8192);
    assert_int_equal(totals[MAPPING_STACK], 12288);
    assert_int_equal(totals[MAPPING_FILE], 4096);
    assert_int_equal(totals[MAPPING_ANONYMOUS], 0);
    struct mappings none = {.count = 0};
    assert_int_equal(mappings_parse("", &none), 0);
    assert_int_equal(none.count, 0);
    assert_true(mappings_parse("no smaps\n", &none) < 0);
}

static const struct {
    const char *name, *permissions;
    enum mapping_kind kind;
} names[] = {
    {"", "rw-p", MAPPING_ANONYMOUS},
    {"[heap]", "rw-p", MAPPING_HEAP},
    {"[stack]", "rw-p", MAPPING_STACK},
    {"[anon:arena]", "rw-p", MAPPING_ANONYMOUS},
    {"[vdso]", "rw-p", MAPPING_ANONYMOUS},
    {"/dev/zero (deleted)", "rw-s", MAPPING_SHARED},
    {"/memfd:jit (deleted)", "rw-s", MAPPING_SHARED},
    {"/SYSV00000000 (deleted)", "rw-s", MAPPING_SHARED},
    {"/dev/shm/queue", "rw-s", MAPPING_SHARED},
    {"/lib/a.so (deleted)", "rw-p", MAPPING_FILE},
    {"anon_inode:[perf_event]", "rw-p", MAPPING_ANONYMOUS},
    {"", "rw-s", MAPPING_SHARED},
    {"/lib/a.so", "rw-s", MAPPING_FILE},
};

static void test_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "5000-6000 %s 00000000 00:01 7   %s\nRss: 4 kB\n",
                       names[i].permissions, names[i].name);
        AUTO(mappings) struct mappings mappings = parsed(text);
        print_message("%s\n", names[i].name);
        assert_int_equal(mappings.count, 1);
        assert_int_equal(mappings.list[0].kind, names[i].kind);
    }
}

static const struct {
    const char *before, *after;
    size_t count; /* of changes; the first: */
    enum mapping_event event;
    int64_t rss, size; /* change */
} rows[] = {
    {HEAP("3000", "8"), HEAP("3000", "8"), 0, 0, 0, 0},
    {HEAP("3000", "8"), HEAP("4000", "12"), 1, MAPPING_GROWN, 4096, 4096},
    {HEAP("3000", "8"), HEAP("3000", "4"), 1, MAPPING_SHRUNK, -4096, 0},
    {"", ANON("5000-7000", "8"), 1, MAPPING_NEW, 8192, 8192},
    {ANON("5000-7000", "8"), "", 1, MAPPING_GONE, -8192, -8192},
    /* Grown downwards, and merged with its neighbour: one piece. */
    {ANON("5000-7000", "8"), ANON("3000-7000", "16"), 1, MAPPING_GROWN, 8192, 8192},
    /* Split in two by a hole: still one piece, smaller. */
    {ANON("5000-9000", "16"), ANON("5000-6000", "4") ANON("8000-9000", "4"), 1, MAPPING_SHRUNK,
     -8192, -8192},
    /* Two become one. */
    {ANON("5000-6000", "4") ANON("8000-9000", "4"), ANON("5000-9000", "16"), 1, MAPPING_GROWN, 8192,
     8192},
    /* Another mapping in the same place is no change of the first. */
    {FILE_("5000-7000", "8"), ANON("5000-7000", "4"), 2, MAPPING_GONE, -8192, -8192},
};

static void test_compare(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        AUTO(mappings) struct mappings before = parsed(rows[i].before);
        AUTO(mappings) struct mappings after = parsed(rows[i].after);
        AUTO(mapping_changes) struct mapping_changes changes = {.count = 0};
        mappings_compare(&before, &after, &changes);
        print_message("row %zu\n", i);
        assert_int_equal(changes.count, rows[i].count);
        if (changes.count == 0)
            continue;
        const struct mapping_change *change = &changes.list[0];
        assert_int_equal(change->event, rows[i].event);
        assert_int_equal(change->rss_after - change->rss_before, rows[i].rss);
        assert_int_equal(change->size_after - change->size_before, rows[i].size);
    }
}

static void put(const char *folder, const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    AUTO_FCLOSE FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
}

/* A folder like /proc/PID, in which the stack pointers of two threads cannot be read: folders are
 * in their place. The stack of the main one has a name. */
static void test_stacks_are_refused(void **state)
{
    (void)state;
    static const char *const folders[] = {"/task", "/task/7", "/task/7/syscall", "/task/8",
                                          "/task/8/syscall"};
    char folder[] = "/tmp/mappings-XXXXXX";
    char path[128];
    assert_non_null(mkdtemp(folder));
    put(folder, "smaps", ANON("5000-7000", "8"));
    AUTO_CLOSE int dir_fd = open(folder, O_RDONLY | O_DIRECTORY);
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        (void)snprintf(path, sizeof path, "%s%s", folder, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    for (size_t i = ARRAY_LENGTH(folders); i-- > 0;) {
        AUTO(mappings) struct mappings mappings = {.count = 0};
        assert_int_equal(mappings_read(dir_fd, &mappings, NULL), 0);
        assert_int_equal(mappings.count, 1);
        assert_int_equal(mappings.list[0].kind, MAPPING_ANONYMOUS);
        assert_int_equal(mappings.stacks_error, i == ARRAY_LENGTH(folders) - 1 ? EISDIR : 0);
        (void)snprintf(path, sizeof path, "%s%s", folder, folders[i]);
        assert_int_equal(rmdir(path), 0);
    }
    (void)snprintf(path, sizeof path, "%s/smaps", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void test_stat(void **state)
{
    (void)state;
    struct watch_stat stat;
    assert_int_equal(watch_parse_stat("42 (a) b (c)) Z 7 42 42 0 -1 4228 1 2 3 4 5 6 7 8 20 0 3 0 "
                                      "987654 0 0\n",
                                      &stat),
                     0);
    assert_string_equal(stat.name, "a) b (c)");
    assert_int_equal(stat.state, 'Z');
    assert_int_equal(stat.parent, 7);
    assert_int_equal(stat.threads, 3);
    assert_false(stat.of_kernel);
    assert_int_equal(watch_parse_stat("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 "
                                      "1 0 0\n",
                                      &stat),
                     0);
    assert_true(stat.of_kernel);
    assert_true(watch_parse_stat("42 (a) Z 7 42", &stat) < 0);
    assert_true(watch_parse_stat("42 a Z", &stat) < 0);
    assert_true(watch_parse_stat("", &stat) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),   cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_compare), cmocka_unit_test(test_stacks_are_refused),
        cmocka_unit_test(test_stat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
