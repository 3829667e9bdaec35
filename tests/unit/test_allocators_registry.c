#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "registry.h"

static void test_every_folder_is_whole(void **state)
{
    (void)state;
    const struct allocator_entry *entry = allocator_registry;
    assert_non_null(entry->allocator);
    assert_string_equal(entry->allocator->name, "glibc");
    for (; entry->allocator; entry++) {
        const struct allocator *allocator = entry->allocator;
        assert_true(allocator->name[0] != '\0');
        assert_non_null(allocator->title);
        assert_non_null(allocator->link);
        assert_true(!allocator->package || allocator->package[0] != '\0');
        assert_non_null(allocator->api);
        assert_non_null(allocator->version);
        assert_non_null(allocator->stats);
        assert_non_null(allocator->unavailable);
        assert_non_null(allocator->options);
        assert_int_equal(!allocator->release, !allocator->release_call);
        assert_non_null(allocator->release_reach);
        assert_non_null(allocator->live_at_exit);
        assert_true(allocator->block_overhead_bytes >= 0);
        assert_int_equal(!allocator->thread_excess, !allocator->thread_excess_max_bytes);
        assert_true(!entry->unavailable || entry->unavailable[0] != '\0');
    }
}

static void check_variant(const struct allocator_variant *variant)
{
    assert_true(variant->why && variant->why[0] != '\0');
    assert_non_null(variant->defaults);
    for (const char *const *pair = variant->environment; pair && *pair; pair++)
        assert_true(strchr(*pair, '=') > *pair);
    if (variant->suffix[0] == '\0') {
        assert_null(variant->environment);
        return;
    }
    assert_int_equal(variant->suffix[0], '+');
    if (variant->huge_pages == HUGE_PAGES_OFF && !variant->environment)
        return; /* the kernel's doing alone */
    assert_non_null(variant->environment);
    assert_non_null(variant->environment[0]);
    assert_true(variant->defaults[0] != '\0');
}

static void test_variants(void **state)
{
    (void)state;
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        const struct allocator_variant *variant = entry->allocator->variants;
        assert_non_null(variant);
        assert_string_equal(variant->suffix, ""); /* the plain row is first */
        for (; variant->suffix; variant++)
            check_variant(variant);
    }
}

static void test_rows_are_found_by_name(void **state)
{
    (void)state;
    struct allocator_row row;
    int rows = 0;
    for (size_t cursor = 0; allocator_row_next(&cursor, &row); rows++) {
        char name[ALLOCATOR_ROW_NAME_MAX];
        struct allocator_row found;
        (void)allocator_row_name(&row, name, sizeof name);
        assert_true(strlen(name) + 1 < sizeof name);
        assert_int_equal(allocator_row_find(name, &found), 0);
        assert_ptr_equal(found.entry, row.entry); /* so no name is there twice */
        assert_ptr_equal(found.variant, row.variant);
    }
    assert_true(rows > 6);
    const struct allocator_row before = row;
    assert_int_equal(allocator_row_find("glibc+", &row), -ENOENT);
    assert_int_equal(allocator_row_find("", &row), -ENOENT);
    assert_memory_equal(&row, &before, sizeof row);
}

static void test_default_rows(void **state)
{
    (void)state;
    static const char *const rows[] = {"glibc", "tcmalloc", "jemalloc", "jemalloc+prof",
                                       "mimalloc"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct allocator_row row;
        assert_int_equal(allocator_row_find(rows[i], &row), 0);
        assert_true(row.variant->by_default);
    }
    struct allocator_row tuned;
    assert_int_equal(allocator_row_find("glibc+arena1", &tuned), 0);
    assert_false(tuned.variant->by_default);
}

static void test_stat_names(void **state)
{
    (void)state;
    struct allocator_stats stats;
    allocator_stats_init(&stats);
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++) {
        assert_true(stats.value[i] == ALLOCATOR_NA);
        assert_non_null(allocator_stat_names[i]);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(allocator_stat_names[i], allocator_stat_names[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_folder_is_whole),
        cmocka_unit_test(test_variants),
        cmocka_unit_test(test_rows_are_found_by_name),
        cmocka_unit_test(test_default_rows),
        cmocka_unit_test(test_stat_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
