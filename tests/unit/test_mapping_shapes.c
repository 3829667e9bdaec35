/* Which mappings are stacks and arenas by their shape, like ones taken together, and columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mapping_groups.h"
#include "mapping_marks.h"
#include "memory_stream.h"
#include "record.h"
#include "watch_columns.h"

#define RW(range, rss)      range " rw-p 00000000 00:00 0 \nRss: " rss " kB\n"
#define RESERVE(range)      range " ---p 00000000 00:00 0 \nRss: 0 kB\n"
#define NAMED(range, named) range " rw-p 00000000 00:00 0    " named "\nRss: 4 kB\n"
#define FLAGS(range, flags) RW(range, "24") "VmFlags: " flags " \n"

enum { STACK_BYTES = 0x800000 }; /* 8 MiB with its guard */

static const struct {
    const char *what, *text;
    size_t which; /* mapping whose kind is asked for */
    enum mapping_kind kind;
} shapes[] = {
    {"a stack above its guard", RESERVE("10000-11000") RW("11000-810000", "8"), 1, MAPPING_STACK},
    {"with its guard beside it", RESERVE("10000-11000") RW("11000-811000", "8"), 1, MAPPING_STACK},
    {"of another size", RESERVE("10000-11000") RW("11000-410000", "8"), 1, MAPPING_ANONYMOUS},
    {"without a guard", RW("10000-810000", "8"), 0, MAPPING_ANONYMOUS},
    {"above a large reserve", RESERVE("10000-410000") RW("410000-810000", "8"), 1,
     MAPPING_ANONYMOUS},
    {"not next to the guard", RESERVE("10000-11000") RW("12000-811000", "8"), 1, MAPPING_ANONYMOUS},
    {"a heap of glibc", RW("4000000-4021000", "8") RESERVE("4021000-8000000"), 0, MAPPING_ARENA},
    {"a full one", RW("4000000-8000000", "8"), 0, MAPPING_ARENA},
    {"not aligned", RW("4001000-4021000", "8") RESERVE("4021000-8000000"), 0, MAPPING_ANONYMOUS},
    {"not to its end", RW("4000000-4021000", "8") RESERVE("4021000-7000000"), 0, MAPPING_ANONYMOUS},
    {"jemalloc's name", NAMED("10000-20000", "[anon:jemalloc_pg]"), 0, MAPPING_ARENA},
    {"glibc's name", NAMED("10000-20000", "[anon: glibc: malloc]"), 0, MAPPING_ARENA},
    {"glibc's stack", NAMED("10000-20000", "[anon: glibc: pthread stack: 7]"), 0, MAPPING_STACK},
    {"stacks of glibc 2.42", FLAGS("10000-1813000", "rd wr mr mw me gu ac nh"), 0, MAPPING_STACK},
    {"only guards", FLAGS("10000-1813000", "rd wr mr mw me gu ac"), 0, MAPPING_ANONYMOUS},
    {"only no huge pages", FLAGS("10000-1813000", "rd wr mr mw me ac nh"), 0, MAPPING_ANONYMOUS},
    {"another name", NAMED("10000-20000", "[anon:frames]"), 0, MAPPING_ANONYMOUS},
};

static void test_shapes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(shapes); i++) {
        AUTO(mappings) struct mappings mappings = {.count = 0};
        print_message("%s\n", shapes[i].what);
        assert_int_equal(mappings_parse(shapes[i].text, &mappings), 0);
        mapping_marks_by_shape(&mappings, STACK_BYTES);
        assert_int_equal(mappings.list[shapes[i].which].kind, shapes[i].kind);
    }
    /* Without a known size of stacks none is taken for one. */
    AUTO(mappings) struct mappings mappings = {.count = 0};
    assert_int_equal(mappings_parse(shapes[0].text, &mappings), 0);
    mapping_marks_by_shape(&mappings, 0);
    assert_int_equal(mappings.list[1].kind, MAPPING_ANONYMOUS);
}

/* Five stacks of a process with one thread, two arenas, two of a file, one anonymous. */
static void test_groups(void **state)
{
    (void)state;
    enum { STACKS = 5, ROOM = 4096 };
    char *text = calloc(1, ROOM);
    AUTO(mappings) struct mappings mappings = {.count = 0};
    AUTO(mapping_groups) struct mapping_groups groups = {.count = 0};
    char words[256];
    assert_non_null(text);
    for (unsigned i = 0; i < STACKS; i++) {
        unsigned start = 0x10000000 + i * STACK_BYTES;
        size_t used = strlen(text);
        (void)snprintf(text + used, ROOM - used, RESERVE("%x-%x") RW("%x-%x", "8"), start,
                       start + 0x1000, start + 0x1000, start + STACK_BYTES);
    }
    size_t used = strlen(text);
    (void)snprintf(
        text + used, ROOM - used, "%s",
        RW("40000000-44000000", "900") RW("44000000-44100000", "300") RESERVE("44100000-48000000")
            RW("50000000-50001000",
               "4") "60000000-60001000 r-xp 00000000 fe:00 4 /lib/a.so\nRss: 4 kB\n"
                    "60001000-60003000 rw-p 00000000 fe:00 4 /lib/a.so\nRss: 8 kB\n");
    assert_int_equal(mappings_parse(text, &mappings), 0);
    free(text);
    mapping_marks_by_shape(&mappings, STACK_BYTES);
    mapping_groups_make(&mappings, &groups);
    assert_int_equal(groups.list[0].kind, MAPPING_ARENA);
    assert_int_equal(groups.list[0].count, 2);
    assert_int_equal(groups.list[0].rss_bytes, 1200 * 1024);
    assert_false(groups.list[0].same_size);
    assert_int_equal(groups.list[0].size_bytes, 0x4000000 + 0x100000);
    assert_int_equal(groups.list[1].kind, MAPPING_STACK);
    assert_int_equal(groups.list[1].count, STACKS);
    assert_string_equal(mapping_group_text(&groups.list[1], 1, words, sizeof words),
                        "5 stacks of 8 MiB, 8 KiB resident each; the process has 1 thread: the "
                        "others were never joined");
    assert_string_equal(mapping_group_text(&groups.list[1], 4, words, sizeof words),
                        "5 stacks of 8 MiB, 8 KiB resident each");
    assert_string_equal(mapping_group_text(&groups.list[2], 4, words, sizeof words),
                        "a.so, 2 mappings of 12 KiB in all");
    assert_int_equal(groups.list[3].kind, MAPPING_ANONYMOUS);
}

static void test_columns(void **state)
{
    (void)state;
    struct watch_reading sum = watch_reading_none;
    struct watch_reading part = watch_reading_none;
    sum.rss_bytes = 3;
    part.rss_bytes = 4;
    part.swap_bytes = 5;
    part.hidden_error = 13;
    watch_reading_add(&sum, &part);
    assert_int_equal(sum.rss_bytes, 7);
    assert_int_equal(sum.swap_bytes, RECORD_NA); /* one of them did not say */
    assert_int_equal(sum.hidden_error, 13);

    struct memory_stream memory;
    FILE *csv = memory_stream_open(&memory);
    watch_csv_head(csv);
    watch_csv_line(csv, 2, 0.5, &part);
    char *text = memory_stream_close(&memory);
    assert_string_equal(text,
                        "cycle,elapsed_s,rss_bytes,rss_anon_bytes,live_bytes,heap_bytes,"
                        "allocator_resident_bytes,kept_bytes,outside_bytes,file_bytes,shmem_bytes,"
                        "stack_bytes,lazyfree_bytes,anon_huge_bytes,swap_bytes,pss_bytes,"
                        "threads,processes\n2,0.500,4,,,,,,,,,,,,5,,,\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
