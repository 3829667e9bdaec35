/* Statistics of the allocators as recorded, cut off, and empty. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "places.h"

static char *recorded(const char *file)
{
    char path[512];
    char *text = NULL;
    size_t size = 0;
    (void)snprintf(path, sizeof path, TEST_DATA_DIR "/tools/%s", file);
    AUTO_FCLOSE FILE *in = fopen(path, "re");
    assert_non_null(in);
    assert_true(getdelim(&text, &size, '\0', in) > 0);
    return text;
}

static int64_t free_bytes(const struct places *places, const char *name)
{
    for (size_t i = 0; i < places->count; i++)
        if (strcmp(places->list[i].name, name) == 0)
            return places->list[i].free_bytes;
    return -1;
}

static const struct {
    const char *file;
    const char *name; /* a place, and its free bytes */
    int64_t free_bytes;
    size_t cut; /* a text of this length is cut off; 0: none is */
} rows[] = {
    {"malloc_info.xml", "arena 0, free chunks up to 256 B", 884, 900},
    {"malloc_info.xml", "arena 0, freed and not yet sorted", 65, 900},
    {"jemalloc.json", "slabs of 64 B blocks", 4096 - 12 * 64, 1500},
    {"tcmalloc.txt", "caches, blocks of 64 B", 126 * 64, 600},
    {"tcmalloc.txt", "page heap, free spans", 1277952, 600},
    {"mimalloc.txt", "pages of 64 B blocks", 2 * 65536 - 1003 * 64, 0},
};

/* glibc lists fast chunks among the sizes, but not in the rest that the top is a part of. */
static void test_top_of_glibc(void **state)
{
    (void)state;
    static const char format[] =
        "<malloc version=\"1\">\n<heap nr=\"1\">\n<sizes>\n"
        "<size from=\"33\" to=\"33\" total=\"6368\" count=\"199\"/>\n"
        "<size from=\"65\" to=\"65\" total=\"458110\" count=\"9\"/>\n</sizes>\n"
        "<total type=\"fast\" count=\"199\" size=\"6368\"/>\n"
        "<total type=\"rest\" count=\"10\" size=\"459758\"/>\n</heap>\n"
        "<total type=\"fast\" count=\"199\" size=\"6368\"/>\n"
        "<total type=\"rest\" count=\"10\" size=\"459758\"/>\n</malloc>\n";
    AUTO(places) struct places places = {.count = 0};
    assert_int_equal(places_read(format, &places, NULL), 0);
    assert_int_equal(free_bytes(&places, "arena 1, top of the heap"), 459758 - 458110);
}

/* Sizes that no heap has: they end, and stay in the range of their type. */
static void test_foreign_sizes(void **state)
{
    (void)state;
    static const char glibc[] =
        "<malloc version=\"1\">\n<heap nr=\"0\">\n<sizes>\n"
        "<size from=\"1\" to=\"9223372036854775807\" total=\"9223372036854775807\" count=\"1\"/>\n"
        "<size from=\"1\" to=\"4611686018427387905\" total=\"7\" count=\"1\"/>\n"
        "<size from=\"1\" to=\"128\" total=\"3\" count=\"1\"/>\n"
        "<unsorted from=\"1\" to=\"2\" total=\"9\" count=\"1\"/>\n"
        "<total type=\"fast\" count=\"1\" size=\"9223372036854775807\"/>\n"
        "<total type=\"rest\" count=\"1\" size=\"5\"/>\n</heap>\n</malloc>\n";
    static const char jemalloc[] =
        "{\"jemalloc\": {\"arenas\": {\"page\": 4096, \"bin\": [{\"size\": 9223372036854775807, "
        "\"slab_size\": 9223372036854775807}]}, \"stats.arenas\": {\"merged\": {\"pdirty\": "
        "9223372036854775807, \"pmuzzy\": -5, \"bins\": [{\"curregs\": 0, \"curslabs\": 3}]}}}}";
    AUTO(places) struct places places = {.count = 0};
    assert_int_equal(places_read(glibc, &places, NULL), 0);
    assert_int_equal(free_bytes(&places, "arena 0, free chunks up to 9223372036854775807 B"),
                     INT64_MAX);
    assert_int_equal(free_bytes(&places, "arena 0, free chunks up to 4611686018427387905 B"), 7);
    assert_int_equal(free_bytes(&places, "arena 0, free chunks up to 128 B"), 3);
    assert_int_equal(places_read(jemalloc, &places, NULL), 0);
    assert_int_equal(free_bytes(&places, "slabs of 9223372036854775807 B blocks"), INT64_MAX);
    assert_int_equal(free_bytes(&places, "muzzy pages"), -1);
    assert_int_equal(places_read("area block 9223372036854775807 used 2 reserved 1 committed 1\n",
                                 &places, NULL),
                     0);
    assert_int_equal(free_bytes(&places, "pages of 9223372036854775807 B blocks"), -1);
}

static void test_recorded(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        AUTO(places) struct places places = {.count = 0};
        AUTO_FREE char *text = recorded(rows[i].file);
        print_message("%s\n", rows[i].name);
        assert_int_equal(places_read(text, &places, NULL), 0);
        assert_int_equal(free_bytes(&places, rows[i].name), rows[i].free_bytes);
        places_sort(&places);
        for (size_t j = 1; j < places.count; j++)
            assert_true(places.list[j - 1].free_bytes >= places.list[j].free_bytes);
    }
}

static void test_cut_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        AUTO(places) struct places places = {.count = 0};
        AUTO_FREE char *text = recorded(rows[i].file);
        struct err err = ERR_INIT;
        if (rows[i].cut == 0)
            continue;
        text[rows[i].cut] = '\0';
        assert_true(places_read(text, &places, &err) < 0);
        assert_string_not_equal(err.text, "");
    }
    AUTO(places) struct places places = {.count = 0};
    assert_true(places_read_glibc("", &places, NULL) < 0);
    assert_true(places_read_jemalloc("", &places, NULL) < 0);
    assert_true(places_read_tcmalloc("", &places, NULL) < 0);
    assert_true(places_read("killed\n", &places, NULL) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_top_of_glibc),
        cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_foreign_sizes),
        cmocka_unit_test(test_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
